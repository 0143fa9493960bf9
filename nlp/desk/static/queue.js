// The queue across reports: what to decide next, wherever it stands, with the passage around it.
import { codebook, get, reportAddress } from "./api.js";
import { implementers } from "./bodies.js";
import { askWith, send, undo } from "./decisions.js";
import { bind, claimKeys, listen } from "./keys.js";
import { Characters, NOTHING, draftIn, entry, kindOf, make, numberOf, passageView, percent, signOf } from "./passage.js";
import { announce, ask, fault } from "./speak.js";
import { chosen, controls, languageLinks, read, write } from "./state.js";
import { language, say, when } from "./words.js";
import { nothingIn } from "./worklist.js";

const KEPT = 4; // reports whose text stays at hand
const byId = (id) => document.getElementById(id);
const list = byId("queue");
const texts = new Map();
let [items, current, labels, bodies, names, readonly, alike, left] = [[], null, {}, [], {}, false, {}, 0];

async function contentsOf(id) {
  if (!texts.has(id)) {
    const contents = await get(reportAddress(id));
    texts.set(id, { ...contents, characters: new Characters(contents.text) });
    if (texts.size > KEPT) texts.delete(texts.keys().next().value);
  }
  return texts.get(id);
}

const idOf = (task) => task.item_id || task.passage_id;
const isWhole = (task) => !task.item_id; // a passage to read whole
const toRead = (task) => (task.open ? say("worklist.read_whole", { count: task.open }) : say("worklist.read_this"));

function row(item) {
  const button = make(
    "button",
    {
      type: "button",
      class: `row${item === current ? " chosen" : ""}`,
      "aria-current": item === current ? "true" : null,
      data: { item: idOf(item) },
      onclick: () => select(item),
    },
    isWhole(item)
      ? make("span", { class: "row-head" }, make("span", { class: "tag unread" }, toRead(item)))
      : make(
          "span",
          { class: "row-head" },
          make("span", { class: `tag ${kindOf(item)}` }, `${signOf(item)}${numberOf(item.target)}`),
          make("span", { lang: language }, labels[item.target]?.title ?? ""),
          make("span", { class: "chance" }, percent(item.probability)),
        ),
    make("span", { class: "row-text", dir: "auto" }, item.quote.slice(0, 300)),
    make(
      "span",
      { class: "meta" },
      make("bdi", {}, names[item.document_id] ?? ""),
      item.page ? `, ${say("page.short", { page: item.page })}` : "",
      alike[item.item_id] ? ` · ${say("report.alike", { count: alike[item.item_id] })}` : "",
    ),
  );
  return make("li", {}, button);
}

function draw() {
  const level = chosen("level");
  const lane = chosen("lane");
  const fits = (item) => (!level || item.target?.startsWith(level)) && (!lane || item.lane === lane);
  const found = items.filter(fits);
  if (!found.includes(current)) current = found[0] ?? null;
  list.replaceChildren(...found.map(row));
  byId("summary").textContent = say("queue.count", { count: found.length + left });
  byId("empty").hidden = found.length > 0;
  panel();
}

async function panel() {
  const body = byId("panel-body");
  if (!current) return body.replaceChildren(make("p", { class: "hint" }, say("queue.empty")));
  const item = current;
  const contents = await contentsOf(item.document_id);
  if (item !== current) return null;
  const whole = isWhole(item);
  const index =
    contents.passages.find((one) => one.passage_id === item.passage_id) ??
    contents.passages.findLast((one) => one.start <= item.start) ??
    contents.passages[0];
  const address = `/reports/${encodeURIComponent(item.document_id)}?${whole ? `show=worklist&passage=${encodeURIComponent(item.passage_id)}` : `item=${encodeURIComponent(item.item_id)}`}`;
  const data = {
    characters: contents.characters,
    passage: index,
    items: whole ? contents.items.filter((one) => one.passage_id === item.passage_id) : [item],
    labels,
    current: whole ? null : item.item_id,
    implementers: bodies,
    say,
    language,
    readonly,
    when,
  };
  const place = [index.section.join(" › "), item.page && say("page.short", { page: item.page })]
    .filter(Boolean)
    .join(" · ");
  const title = make(
    "p",
    { class: "where" },
    make("a", { href: address, id: "open-report" }, make("bdi", {}, names[item.document_id] ?? say("queue.open"))),
    make("span", { class: "meta" }, make("bdi", {}, place)),
  );
  const on = { decide, codebook: showEntry, select: () => byId("open-report").click() };
  const tools =
    whole &&
    !readonly &&
    make(
      "div",
      { class: "passage-tools" },
      make("p", { class: "notice" }, toRead(item)),
      make(
        "a",
        { class: "button plain", href: `${address}&add=1` },
        say("label.add"),
        make("kbd", { "aria-hidden": "true" }, "n"),
      ),
      make(
        "button",
        { type: "button", class: "plain", onclick: nothingHere },
        say("worklist.nothing_here"),
        make("kbd", { "aria-hidden": "true" }, "0"),
      ),
    );
  return body.replaceChildren(
    ...[title, passageView({ ...data, readonly: readonly || whole }, on), tools].filter(Boolean),
  );
}

function showEntry(target) {
  const told = entry(target, { labels, say, language });
  told.open = true;
  return ask(`${numberOf(target)} ${labels[target]?.title ?? ""}`, told, [{ value: "", words: say("close") }]);
}

// She read a passage whole, and nothing is in it.
async function nothingHere() {
  if (!current || !isWhole(current) || readonly) return announce(say("worklist.only"));
  if (current.open) return announce(say("worklist.decide_first"));
  const task = current;
  const { passages } = await contentsOf(task.document_id);
  const passage = passages.find((one) => one.passage_id === task.passage_id);
  if (!(await send(task.document_id, [nothingIn(passage)], () => {}))) return load().catch(fault);
  const at = items.indexOf(task);
  items = items.filter((one) => one !== task);
  current = items[at] ?? items[at - 1] ?? null;
  draw();
  if (current) list.querySelector(`[data-item="${idOf(current)}"]`)?.focus();
  return null;
}

function select(item) {
  current = item;
  write({ item: idOf(item) });
  for (const button of list.querySelectorAll(".row")) {
    const on = button.dataset.item === idOf(item);
    button.classList.toggle("chosen", on);
    if (on)
      (button.setAttribute("aria-current", "true"),
        button.scrollIntoView({ block: "nearest" }),
        button.focus({ preventScroll: true }));
    else button.removeAttribute("aria-current");
  }
  return panel().catch(fault);
}

function step(by) {
  const shown = [...list.querySelectorAll(".row")].map((button) =>
    items.find((item) => idOf(item) === button.dataset.item),
  );
  const next = shown[shown.indexOf(current) + by];
  if (next) select(next);
  else announce(say(by > 0 ? "report.at_end" : "report.at_start"));
}

function changed(now) {
  for (const item of now) {
    const at = items.findIndex((one) => one.item_id === item.item_id);
    if (at >= 0) items[at] = item;
    if (current?.item_id === item.item_id) current = item;
  }
}

async function decide(item, action, changes = {}) {
  const at = items.findIndex((one) => one.item_id === item.item_id);
  const decided = await send(
    item.document_id,
    [askWith(items[at] ?? item, action, { ...draftIn(byId("panel-body"), item), ...changes })],
    changed,
    { labels },
  );
  if (!decided) return draw();
  if (["confirm", "reject", "unsure", "postpone"].includes(action)) {
    const gone = new Set(decided.items.map((one) => one.item_id));
    const after = items.slice(at + 1).find((one) => !gone.has(one.item_id)) ?? null;
    items = items.filter((one) => !gone.has(one.item_id));
    current = after;
  }
  draw();
  if (current) list.querySelector(`[data-item="${idOf(current)}"]`)?.focus();
  return null;
}

async function back() {
  const decided = await undo(changed);
  if (!decided) return null;
  if (decided.items.some((item) => item.target === NOTHING)) {
    write({ item: decided.items[0].passage_id });
    return load().catch(fault);
  }
  const known = new Set(items.map((item) => item.item_id));
  items = [...decided.items.filter((item) => !known.has(item.item_id)), ...items];
  if (decided.items[0]) current = items.find((item) => item.item_id === decided.items[0].item_id) ?? current;
  return draw();
}

async function load() {
  const order = chosen("order") || "likely";
  byId("why-order").textContent = say(`order.${order}.why`);
  const answer = await get("/api/queue", { order, limit: 200 });
  [items, alike, left] = [
    answer.items,
    answer.alike ?? {},
    (answer.left ?? answer.items.length) - answer.items.length,
  ];
  current = items.find((item) => idOf(item) === read("item")) ?? items[0] ?? null;
  draw();
}

const act = (action) => () =>
  current && !readonly && (isWhole(current) ? announce(say("worklist.no_item")) : decide(current, action));
async function open() {
  const [entries, known, { reports }] = await Promise.all([
    codebook(language),
    implementers(language),
    get("/api/reports"),
  ]);
  [labels, bodies] = [entries, known];
  readonly = document.body.dataset.rank === "reader";
  names = Object.fromEntries(reports.map((report) => [report.document_id, report.row?.title || report.name]));
  controls(draw);
  document.querySelector("[data-name=order]").addEventListener("change", () => load().catch(fault));
  bind([
    { key: "j", words: "key.next", repeats: true, run: () => step(1) },
    { key: "k", words: "key.previous", repeats: true, run: () => step(-1) },
    { key: "a", words: "key.confirm", run: act("confirm") },
    { key: "x", words: "key.reject", run: act("reject") },
    { key: "0", words: "key.nothing_here", run: nothingHere },
    {
      key: "n",
      words: "key.add",
      run: () => current && isWhole(current) && byId("panel-body").querySelector(".passage-tools a")?.click(),
    },
    { key: "u", words: "key.unsure", run: act("unsure") },
    { key: "l", words: "key.postpone", run: act("postpone") },
    { key: "z", also: ["Ctrl+z"], words: "key.undo", run: back },
    ...claimKeys(byId("panel-body")),
    { key: "v", words: "key.open_report", run: () => byId("open-report")?.click() },
  ]);
  listen();
  languageLinks();
  await load();
}

open().then(() => byId("loading").remove(), fault);
