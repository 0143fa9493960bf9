// The inbox: reports with their state and counts; files come in by the button or dropped anywhere on the page.
import { get, upload } from "./api.js";
import { takeDrops } from "./drops.js";
import { bind, listen } from "./keys.js";
import { make } from "./passage.js";
import { announce, fault, note } from "./speak.js";
import { chosen, controls, folded, languageLinks, poll, read, write } from "./state.js";
import { language, number, say, when } from "./words.js";

const POLL_SECONDS = 3;
const SIGNS = { waiting: "…", mapping: "◔", ready: "✓", failed: "!" };
const KNOWN = ["encrypted", "no_text", "unsupported", "too_large", "timeout", "corrupt"];
const byId = (id) => document.getElementById(id);
const rows = byId("rows");
let doing = null; // what the mapper is at
let reports = [];
let drawn = "";

const openOf = ({ counts }) => (counts.suggested ?? 0) + (counts.unsure ?? 0) + (counts.postponed ?? 0);
const totalOf = ({ counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0);
const titleOf = (report) => report.row?.title || report.name;
const ORDERS = {
  received: (a, b) => (a.received < b.received ? 1 : a.received > b.received ? -1 : 0),
  title: (a, b) => titleOf(a).localeCompare(titleOf(b)),
  state: (a, b) => Object.keys(SIGNS).indexOf(a.state) - Object.keys(SIGNS).indexOf(b.state),
  open: (a, b) => openOf(b) - openOf(a),
};

// How far the mapper is, where it is at work in this server.
function progress(report) {
  const now = doing?.document_id === report.document_id ? doing : null;
  const bar = make("progress", {
    "aria-label": say("inbox.mapping"),
    max: now?.total || null,
    value: now?.total ? now.done : null,
  });
  const told = now?.total ? say("inbox.passages", { done: now.done, total: now.total }) : now && say("inbox.reading");
  return [
    bar,
    make(
      "span",
      { class: "meta" },
      [told, now && say("seconds", { count: Math.round(now.seconds) })].filter(Boolean).join(", "),
    ),
  ];
}

function status(report) {
  const words = make(
    "span",
    { class: `status ${report.state}` },
    make("span", { "aria-hidden": "true" }, `${SIGNS[report.state]} `),
    say(`inbox.${report.state}`),
  );
  if (report.state === "mapping") return [words, progress(report)];
  const kind = KNOWN.includes(report.status) ? report.status : "other";
  const known = report.told ?? (report.state === "failed" && kind !== "other" ? say(`why.${kind}`) : null);
  const why =
    report.reason &&
    (known
      ? make("span", { class: "reason" }, known)
      : make("span", { class: "reason", lang: "en" }, report.reason)); // words of another program
  const next = report.state === "failed" && make("span", { class: "next" }, say(`next.${kind}`));
  return [
    words,
    report.status === "partial" && make("span", { class: "status partial" }, say("inbox.partial")),
    why,
    next,
  ];
}

function counts(report) {
  if (report.state !== "ready") return null;
  const total = totalOf(report);
  const done = total - openOf(report);
  const held = (report.counts.confirmed ?? 0) + (report.counts.corrected ?? 0);
  const tags = [
    ["confirmed", "✓", held],
    ["rejected", "✕", report.counts.rejected],
    ["unsure", "?", report.counts.unsure],
    ["postponed", "↷", report.counts.postponed],
  ];
  return make(
    "div",
    { class: "counts" },
    make(
      "div",
      { class: "done-line" },
      make("meter", { min: 0, max: Math.max(total, 1), value: done, "aria-label": say("inbox.decided") }),
      make("span", { class: "meta" }, say("report.progress", { done, total })),
    ),
    make(
      "div",
      {},
      tags
        .filter(([, , count]) => count)
        .map(([kind, sign, count]) =>
          make(
            "span",
            { class: `tag ${kind}` },
            make("span", { "aria-hidden": "true" }, `${sign} `),
            say("pair", { name: say(`state.${kind}`), value: number(count) }),
          ),
        ),
    ),
    second(report),
  );
}

// Where two officers read a report, how far that is.
function second(report) {
  if (!report.double) return null;
  return make(
    "p",
    { class: "second" },
    make("a", { href: `/adjudicate/${encodeURIComponent(report.document_id)}` }, say("second.title")),
  );
}

function links(report) {
  if (report.state !== "ready") return null;
  const id = encodeURIComponent(report.document_id);
  const link = (href, words) => make("li", {}, make("a", { href }, words));
  return make(
    "details",
    { class: "menu" },
    make("summary", { "aria-label": say("copies.of", { name: titleOf(report) }) }, say("copies.title")),
    make(
      "ul",
      {},
      ["docx", "pdf", "html"].map((kind) => link(`/reports/${id}/copy.${kind}?language=${language}`, say(`copies.${kind}`))),
      link(`/reports/${id}/cover.html?language=${language}`, say("copies.cover")),
      link(`/reports/${id}/sheet.xlsx?language=${language}`, say("copies.sheet")),
      link(`/reports/${id}/items.csv`, say("copies.items")),
    ),
  );
}

function row(report) {
  const { title, symbol, language, pages } = report.row ?? {};
  const name = make("bdi", { lang: title ? language : null }, title || report.name);
  const facts = [
    title && report.name,
    symbol,
    language && say(`language.${language}`),
    pages && say("pages", { count: pages }),
    say("bytes", { size: number(Math.ceil(report.bytes / 1024)) }),
  ].filter(Boolean);
  return make(
    "tr",
    { class: report.state },
    make(
      "th",
      { scope: "row" },
      report.state === "ready" ? make("a", { href: `/reports/${encodeURIComponent(report.document_id)}` }, name) : name,
      make("span", { class: "meta" }, make("bdi", {}, facts.join(" · "))),
    ),
    make("td", {}, status(report)),
    make("td", {}, counts(report)),
    make(
      "td",
      { class: "received" },
      when(report.received),
      make("span", { class: "meta" }, make("bdi", {}, report.received_by)),
    ),
    make("td", {}, links(report)),
  );
}

function draw() {
  const wanted = chosen("state");
  const typed = folded(chosen("q"));
  const order = ORDERS[read("sort", "received")] ?? ORDERS.received;
  const fits = (report) =>
    !wanted || report.state === wanted || (wanted === "open" && report.state === "ready" && openOf(report) > 0);
  const found = reports
    .filter(
      (report) =>
        fits(report) && folded(`${titleOf(report)} ${report.name} ${report.row?.symbol ?? ""}`).includes(typed),
    )
    .sort((a, b) => order(a, b) || ORDERS.received(a, b));
  if (read("down")) found.reverse();
  const focus = document.activeElement?.closest?.("#rows a")?.getAttribute("href");
  const open = rows.querySelector("details[open] summary")?.getAttribute("aria-label");
  rows.replaceChildren(...found.map(row));
  if (focus) rows.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus();
  if (open)
    [...rows.querySelectorAll("summary")]
      .find((one) => one.getAttribute("aria-label") === open)
      ?.parentElement.setAttribute("open", "");
  byId("empty").hidden = found.length > 0;
  byId("empty").textContent = say(reports.length ? "inbox.no_match" : "inbox.empty");
  byId("table-room").hidden = !found.length;
  const by = (state) => reports.filter((report) => report.state === state).length;
  byId("summary").textContent = ["waiting", "mapping", "ready", "failed"]
    .filter(by)
    .map((state) => say("pair", { name: say(`inbox.${state}`), value: number(by(state)) }))
    .join(" · ");
}

// Said on the page while nothing can be mapped: the model is being loaded, or something is wrong.
function tellOfMapper(inbox) {
  const waits = reports.some((report) => report.state === "waiting");
  const { error, warm } = inbox ?? {};
  byId("mapper").hidden = !(error || (inbox && !warm && waits));
  byId("mapper").textContent = error ? `${error.told.reason}. ${error.told.hint}` : say("inbox.warming");
}

async function refresh() {
  const answer = await get("/api/reports");
  const now = JSON.stringify(answer.reports);
  const before = new Map(reports.map((report) => [report.document_id, report.state]));
  [reports, doing] = [answer.reports, answer.inbox?.mapping ?? null];
  tellOfMapper(answer.inbox);
  const turned = (state) =>
    reports.filter(
      (report) => report.state === state && before.has(report.document_id) && before.get(report.document_id) !== state,
    );
  if (turned("ready").length) note(say("inbox.now_ready", { name: turned("ready").map(titleOf).join("; ") }));
  for (const report of turned("failed")) note(say("inbox.now_failed", { name: report.name }), { kind: "bad" });
  if (now !== drawn || reports.some((report) => report.state === "mapping")) draw();
  drawn = now;
}

async function send(files) {
  const came = [];
  for (const file of files) {
    announce(say("inbox.sending", { name: file.name }));
    if (!file.size) {
      note(say("inbox.empty_file", { name: file.name }), { kind: "bad" });
      continue;
    }
    const failed = (error) => fault(Object.assign(error, { message: `${file.name} — ${error.message}` }));
    await upload("/api/reports", file).then((report) => came.push(report.name), failed);
  }
  if (came.length) note(say("inbox.came", { count: came.length, name: came[0] }));
  await refresh().catch(fault);
}

function sorting() {
  const mark = () => {
    for (const button of document.querySelectorAll("[data-sort]")) {
      const on = button.dataset.sort === read("sort", "received");
      button.closest("th").setAttribute("aria-sort", on ? (read("down") ? "descending" : "ascending") : "none");
    }
  };
  for (const button of document.querySelectorAll("[data-sort]"))
    button.addEventListener("click", () => {
      const same = read("sort", "received") === button.dataset.sort;
      write({ sort: button.dataset.sort, down: same && !read("down") ? "1" : "" });
      mark();
      draw();
    });
  mark();
}

const file = byId("file");
byId("choose")?.addEventListener("click", () => file.click());
file?.addEventListener("change", () => send([...file.files]).then(() => (file.value = "")));
if (file) takeDrops(byId("drop"), send);
controls(draw);
sorting();
bind([
  ...(file ? [{ key: "f", words: "key.upload", run: () => file.click() }] : []),
  { key: "/", words: "key.search", run: () => document.querySelector("[data-name=q]").focus() },
]);
listen();
languageLinks();
refresh().then(() => byId("loading").remove(), fault);
poll(refresh, POLL_SECONDS);
