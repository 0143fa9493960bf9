// The evidence map: reports down, objectives across, each objective unfolds into its activities; and coverage by target.
import { codebook, get, reportAddress } from "./api.js";
import { bind, listen } from "./keys.js";
import { kindOf, make, numberOf, percent, signOf } from "./passage.js";
import { fault } from "./speak.js";
import { chosen, controls, folded, languageLinks, poll, read, write } from "./state.js";
import { language, number, say } from "./words.js";

const SIGNS = { confirmed: "✓", suggested: "●", review: "○", searched_none: "·", not_searchable: "–" };
const STATES = Object.keys(SIGNS);
const byId = (id) => document.getElementById(id);
let [reports, cells, labels, drawn] = [[], new Map(), {}, ""];

const unfolded = () => new Set(read("open").split(",").filter(Boolean));
const cellAt = (id, target) => cells.get(`${id} ${target}`) ?? { state: "not_searchable", links: 0 };

function take(rows) {
  const found = new Map();
  cells = new Map();
  for (const row of rows) {
    cells.set(`${row.document_id} ${row.target}`, row);
    if (!found.has(row.document_id)) found.set(row.document_id, row.title || row.input || row.document_id.slice(0, 12));
  }
  reports = [...found].map(([id, title]) => ({ id, title }));
}

// The columns now: every objective, and after an unfolded one its activities.
function columns() {
  const open = unfolded();
  return Object.values(labels)
    .filter((label) => label.target.startsWith("objective:"))
    .flatMap((label) => [label.target, ...(open.has(label.target.split(":")[1]) ? (label.children ?? []) : [])]);
}

function head(target) {
  const label = labels[target];
  const objective = target.startsWith("objective:");
  const name = [
    make("span", { class: "title", lang: language }, label?.title ?? ""),
    make("span", { class: "number" }, numberOf(target)),
  ];
  const open = unfolded().has(target.split(":")[1]);
  const fold = () => {
    const now = unfolded();
    now[open ? "delete" : "add"](target.split(":")[1]);
    write({ open: [...now].join(",") });
    draw();
    byId("map").querySelector(`[data-head="${target}"]`)?.focus();
  };
  return make(
    "th",
    { scope: "col", class: `target ${objective ? "objective" : "activity"}${open ? " unfolded" : ""}` },
    objective && label?.children?.length
      ? make(
          "button",
          {
            type: "button",
            class: "head-button",
            "aria-expanded": String(open),
            data: { head: target },
            title: label?.title,
            onclick: fold,
          },
          name,
          make("span", { class: "fold", "aria-hidden": "true" }, open ? "▴" : "▾"),
        )
      : make("div", { class: "head-button", title: label?.title }, name),
  );
}

// The best state of a cell, and how many quotes are in it; the panel shows all of them.
function told(cell) {
  return { sign: SIGNS[cell.state], count: cell.links_in_state ?? cell.links ?? 0, all: cell.links ?? 0 };
}

function cellBox(report, target) {
  const cell = cellAt(report.id, target);
  const { sign, count, all } = told(cell);
  const words = `${report.title}, ${numberOf(target)} ${labels[target]?.title ?? ""}: ${say(`cell.${cell.state}`)}${count ? `, ${count}, ${say("map.quotes", { count: all })}` : ""}`;
  const inside = [
    make("span", { "aria-hidden": "true" }, sign),
    count ? make("small", { "aria-hidden": "true" }, String(count)) : null,
  ];
  const faint = chosen("only") && chosen("only") !== cell.state ? " faint" : "";
  const activity = target.startsWith("activity:") ? "activity" : null;
  if (!count)
    return make(
      "td",
      { class: activity },
      make("span", { class: `cell ${cell.state}${faint}`, role: "img", "aria-label": words }, inside),
    );
  return make(
    "td",
    { class: activity },
    make(
      "button",
      {
        type: "button",
        class: `cell ${cell.state}${faint}`,
        "aria-label": words,
        data: { report: report.id, target },
        tabindex: -1,
        onclick: () => open(report.id, target),
      },
      inside,
    ),
  );
}

function matching() {
  const typed = folded(chosen("q"));
  return reports.filter((report) => folded(report.title).includes(typed));
}

function drawMap() {
  const shown = columns();
  const rows = matching().map((report) =>
    make(
      "tr",
      {},
      make(
        "th",
        { scope: "row" },
        make("a", { class: "name", href: `/reports/${encodeURIComponent(report.id)}` }, make("bdi", {}, report.title)),
      ),
      shown.map((target) => cellBox(report, target)),
    ),
  );
  byId("map").className = "map";
  byId("map").replaceChildren(
    make("caption", { class: "unseen" }, say("nav.map")),
    make(
      "thead",
      {},
      make("tr", {}, make("th", { scope: "col", class: "corner" }, say("field.report")), shown.map(head)),
    ),
    make("tbody", {}, rows),
  );
  const first =
    byId("map").querySelector(
      `button.cell[data-report="${CSS.escape(read("report"))}"][data-target="${CSS.escape(read("target"))}"]`,
    ) ?? byId("map").querySelector("button.cell");
  if (first) first.tabIndex = 0;
}

// Coverage: how many reports stand where, for each target.
function drawCoverage() {
  const ids = new Set(matching().map((report) => report.id));
  const rows = Object.values(labels).map((label) => {
    const counts = Object.fromEntries(STATES.map((state) => [state, 0]));
    for (const id of ids) counts[cellAt(id, label.target).state] += 1;
    return { label, counts };
  });
  const only = chosen("only");
  const found = rows.filter(({ counts }) => !only || counts[only]);
  const bar = (counts) =>
    make(
      "span",
      { class: "bar", "aria-hidden": "true" },
      STATES.filter((state) => counts[state]).map((state) => {
        const part = make("i", { class: state });
        part.style.flexGrow = counts[state];
        return part;
      }),
    );
  const row = ({ label, counts }) =>
    make(
      "tr",
      { class: label.target.startsWith("activity") ? "activity" : "objective" },
      make(
        "th",
        { scope: "row" },
        make(
          "a",
          { href: `/codebook?target=${encodeURIComponent(label.target)}` },
          make("span", { class: "number" }, numberOf(label.target)),
          make("span", { lang: language }, label.title),
        ),
      ),
      make("td", {}, bar(counts)),
      STATES.map((state) => make("td", { class: `count ${counts[state] ? "" : "zero"}` }, number(counts[state]))),
    );
  byId("map").className = "list coverage";
  byId("map").replaceChildren(
    make("caption", { class: "unseen" }, say("map.coverage")),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "col" }, say("field.label")),
        make("td", {}),
        STATES.map((state) => make("th", { scope: "col" }, `${SIGNS[state]} ${say(`cell.${state}`)}`)),
      ),
    ),
    make("tbody", {}, found.map(row)),
  );
}

function draw() {
  const counts = new Map();
  for (const { id } of reports)
    for (const target of Object.keys(labels))
      counts.set(cellAt(id, target).state, (counts.get(cellAt(id, target).state) ?? 0) + 1);
  byId("summary").textContent = [
    say("map.reports", { count: reports.length }),
    ...STATES.slice(0, 3).map((state) => `${say(`cell.${state}`)}: ${number(counts.get(state) ?? 0)}`),
  ].join(" · ");
  if (chosen("mode") === "coverage") drawCoverage();
  else drawMap();
}

// --- the quotes behind a cell

function quote(item) {
  const address = `/reports/${encodeURIComponent(item.document_id)}?item=${encodeURIComponent(item.item_id)}&show=all`;
  return make(
    "li",
    { class: `quote ${kindOf(item)}` },
    make(
      "p",
      { class: "quote-head" },
      make("span", { class: `tag ${kindOf(item)}` }, `${signOf(item)} ${say(`state.${kindOf(item)}`)}`),
      item.probability !== null && make("span", { class: "meta" }, percent(item.probability)),
      item.treatment && make("span", { class: "term" }, say(`treatment.${item.treatment}`)),
      item.page && make("span", { class: "meta" }, say("page.short", { page: item.page })),
    ),
    make("blockquote", { dir: "auto" }, item.quote),
    make("p", {}, make("a", { href: address }, say("queue.open"))),
  );
}

async function open(id, target, focus = true) {
  write({ report: id, target });
  const box = byId("quotes");
  const { items, report } = await get(reportAddress(id));
  const own = items.filter((item) => item.target === target && item.state !== "rejected");
  const rank = (item) => ["confirmed", "corrected", "suggested", "unsure", "postponed", "review"].indexOf(kindOf(item));
  own.sort((a, b) => rank(a) - rank(b) || (b.probability ?? 1) - (a.probability ?? 1));
  box.hidden = false;
  document.body.classList.add("with-quotes");
  box.replaceChildren(
    make("button", { type: "button", class: "shut", "aria-label": say("close"), onclick: close }, "✕"),
    make("p", { class: "meta" }, make("bdi", {}, report.row?.title || report.name)),
    make(
      "h2",
      { id: "quotes-title", tabindex: -1 },
      make("span", { class: "number" }, numberOf(target)),
      make("span", { lang: language }, labels[target]?.title ?? ""),
    ),
    own.length
      ? make("ol", { class: "quote-list" }, own.map(quote))
      : make("p", { class: "hint" }, say("map.no_quotes")),
    make("p", {}, make("a", { href: `/codebook?target=${encodeURIComponent(target)}` }, say("codebook.at_hand"))),
  );
  if (focus) byId("quotes-title").focus();
}

function close() {
  const [report, target] = [read("report"), read("target")];
  byId("quotes").hidden = true;
  document.body.classList.remove("with-quotes");
  write({ report: "", target: "" });
  byId("map")
    .querySelector(`button.cell[data-report="${CSS.escape(report)}"][data-target="${CSS.escape(target)}"]`)
    ?.focus();
}

// Arrows go from cell to cell; one stop of the tab key for all of them.
function arrows(event) {
  const by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  const from = event.target.closest("button.cell");
  if (!by || !from) return;
  event.preventDefault();
  let [row, column] = [from.closest("tr").rowIndex, from.closest("td").cellIndex];
  for (;;) {
    [row, column] = [row + by[0], column + by[1]];
    const cell = byId("map").rows[row]?.cells[column];
    if (!cell || row < 1) return;
    const button = cell.querySelector("button.cell");
    if (!button) continue;
    from.tabIndex = -1;
    button.tabIndex = 0;
    button.focus();
    return;
  }
}

async function refresh() {
  const { rows } = await get("/api/coverage");
  const now = JSON.stringify(rows);
  if (now === drawn) return;
  drawn = now;
  take(rows);
  const focus = document.activeElement?.closest?.("button.cell")?.dataset;
  draw();
  if (focus)
    byId("map").querySelector(`button.cell[data-report="${focus.report}"][data-target="${focus.target}"]`)?.focus();
}

async function begin() {
  labels = await codebook(language);
  controls(draw);
  await refresh();
  byId("map").addEventListener("keydown", arrows);
  if (read("report") && labels[read("target")]) await open(read("report"), read("target"), false);
  bind([
    { key: "Escape", words: "key.close", when: () => !byId("quotes").hidden, run: close },
    { key: "/", words: "key.search", run: () => document.querySelector("[data-name=q]").focus() },
  ]);
  listen();
  languageLinks();
  poll(refresh, 10);
}

begin().then(() => byId("loading").remove(), fault);
