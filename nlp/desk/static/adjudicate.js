// Two readings of a report side by side, where they differ; an adjudicator takes one, the other, or a third way.
import { codebook, get, post, reportAddress } from "./api.js";
import { implementers } from "./bodies.js";
import { askOf, send, undo } from "./decisions.js";
import { bind, listen } from "./keys.js";
import { Characters, HOLDS, kindOf, make, numberOf, percent, run, signOf } from "./passage.js";
import { pick } from "./picker.js";
import { announce, confirmed, fault, note } from "./speak.js";
import { languageLinks, read, write } from "./state.js";
import { language, say, when } from "./words.js";

const AROUND = 400; // characters shown around a quote
const FINAL = 3;
const byId = (id) => document.getElementById(id);
const id = document.body.dataset.report;
const settled = new Map(); // what was settled on this page, by the id of the pair's first item
const finals = new Map(); // items as the final reading has them
let [pairs, at, labels, bodies, contents, characters] = [[], 0, {}, [], null, null];

const rank = document.body.dataset.rank;
const one = (pair) => pair[0] ?? pair[1];
const settledOf = (pair) => settled.get(one(pair).item_id);
const placeOf = (item) =>
  [
    item.page && say("page.short", { page: item.page }),
    say(`lane.${item.lane ?? "person"}`),
    item.probability !== null && percent(item.probability),
  ]
    .filter(Boolean)
    .join(" · ");

function side(item, title, index, pair) {
  const gone = !item;
  const differs = !pair[0] || !pair[1] || pair[0].quote !== pair[1].quote;
  const rows = gone
    ? []
    : [
        [say("passage.treatment"), item.treatment ? say(`treatment.${item.treatment}`) : say("treatment.none")],
        [
          say("passage.implementer"),
          bodies.find((body) => body.id === item.implementer)?.name ?? item.implementer ?? say("implementer.none"),
        ],
        ...(differs ? [[say("field.quote"), make("q", { dir: "auto" }, item.quote)]] : []),
        [say("passage.reason"), item.reason || "—"],
        [say("field.when"), when(item.at)],
      ];
  const choose =
    rank === "adjudicator" &&
    make(
      "button",
      { type: "button", class: "plain strong", onclick: () => choosing(pair, index) },
      say("adjudicate.take"),
      make("kbd", { "aria-hidden": "true" }, String(index + 1)),
    );
  return make(
    "section",
    { class: `reading ${gone ? "none" : kindOf(item)}`, "aria-label": title },
    make("h3", {}, title, item?.who && make("span", { class: "meta" }, make("bdi", {}, ` ${item.who}`))),
    make(
      "p",
      { class: "verdict" },
      gone
        ? say("adjudicate.nothing")
        : [
            make("span", { class: `sign ${kindOf(item)}`, "aria-hidden": "true" }, signOf(item)),
            " ",
            say(`state.${kindOf(item)}`),
          ],
    ),
    make(
      "dl",
      {},
      rows.map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, value))),
    ),
    choose,
  );
}

function context(item) {
  const passage = contents.passages.find((row) => row.passage_id === item.passage_id);
  const start = Math.max(passage?.start ?? item.start - AROUND, item.start - AROUND, 0);
  const end = Math.min(passage?.end ?? item.end + AROUND, item.end + AROUND, characters.length);
  const cut = (from, to, tag) => (from < to ? run(characters.slice(from, to), from, {}, tag) : null);
  return make(
    "blockquote",
    { class: "passage-text", lang: passage?.language, dir: "auto" },
    cut(start, item.start, "span"),
    cut(item.start, item.end, "mark"),
    cut(item.end, end, "span"),
  );
}

function draw() {
  const done = pairs.filter(settledOf).length;
  byId("summary").textContent = pairs.length ? say("adjudicate.progress", { done, total: pairs.length }) : "";
  byId("empty").hidden = pairs.length > 0;
  byId("pairs").replaceChildren(...pairs.map((pair, index) => card(pair, index)));
}

function card(pair, index) {
  const item = one(pair);
  const verdict = settledOf(pair);
  const title = make(
    "h2",
    { id: `pair-${index}`, tabindex: -1 },
    make("span", { class: "number" }, numberOf(item.target)),
    make("span", { lang: language }, labels[item.target]?.title ?? ""),
  );
  const third =
    rank === "adjudicator" &&
    make(
      "div",
      { class: "acts" },
      make(
        "button",
        { type: "button", class: "plain", onclick: () => neither(pair) },
        say("adjudicate.neither"),
        make("kbd", { "aria-hidden": "true" }, "0"),
      ),
      make(
        "button",
        { type: "button", class: "plain", onclick: () => another(pair) },
        say("adjudicate.another"),
        make("kbd", { "aria-hidden": "true" }, "m"),
      ),
    );
  const box = make(
    "article",
    {
      class: `pair${verdict ? " settled" : ""}${index === at ? " current" : ""}`,
      "aria-labelledby": title.id,
      onfocusin: () => (at = index),
    },
    title,
    make(
      "p",
      { class: "meta" },
      placeOf(item),
      " · ",
      make(
        "a",
        { href: `/reports/${encodeURIComponent(id)}?item=${encodeURIComponent(item.item_id)}` },
        say("queue.open"),
      ),
    ),
    verdict &&
      make(
        "p",
        { class: "notice good" },
        say("adjudicate.settled", { state: say(`state.${kindOf(verdict)}`), who: verdict.who ?? "" }),
      ),
    context(item),
    make(
      "div",
      { class: "readings" },
      side(pair[0], say("reading.first"), 0, pair),
      side(pair[1], say("reading.second"), 1, pair),
    ),
    third,
  );
  return box;
}

// What the final reading is to say: the chosen item as it is, or a rejection where the chosen reading has nothing.
function asksFor(pair, chosen) {
  const base = finals.get((chosen ?? one(pair)).item_id) ?? finals.get(one(pair).item_id);
  if (!chosen || !HOLDS.has(chosen.state))
    return base ? [askOf(base, "reject", chosen?.reason ? { reason: chosen.reason } : {})] : [];
  const same = {
    start: chosen.start,
    end: chosen.end,
    treatment: chosen.treatment ?? "",
    implementer: chosen.implementer ?? "",
  };
  if (!base) return [{ item_id: "", action: "add", version: 0, target: chosen.target, ...same }];
  const moved =
    base.start !== chosen.start ||
    base.end !== chosen.end ||
    (base.treatment ?? "") !== same.treatment ||
    (base.implementer ?? "") !== same.implementer;
  return [moved ? askOf(base, "correct", same) : askOf(base, "confirm")];
}

function changed(items) {
  for (const item of items) if (item.document_id === id && item.reading === FINAL) finals.set(item.item_id, item);
}

async function settle(pair, asks) {
  const decided = asks.length ? await send(id, asks, changed, { labels, reading: FINAL }) : null;
  if (!decided) return;
  settled.set(one(pair).item_id, decided.items.at(-1) ?? one(pair));
  const next = pairs.findIndex((other, index) => index > at && !settledOf(other));
  if (next >= 0) at = next;
  draw();
  focus();
  if (pairs.every(settledOf)) note(say("adjudicate.all"));
}

async function back() {
  const decided = await undo(changed, null, FINAL);
  for (const item of decided?.items ?? []) settled.delete(item.item_id);
  draw();
}

const choosing = (pair, index) => settle(pair, asksFor(pair, pair[index]));
const neither = (pair) => settle(pair, asksFor(pair, null));

async function another(pair) {
  const item = one(pair);
  const taken = await pick({
    labels,
    language,
    implementers: bodies,
    quote: item.quote,
    treatment: item.treatment,
    implementer: item.implementer,
  });
  if (!taken) return;
  await settle(pair, [
    ...asksFor(pair, null),
    { item_id: "", action: "add", version: 0, start: item.start, end: item.end, ...taken },
  ]);
}

function focus() {
  write({ pair: at ? String(at) : "" });
  byId(`pair-${at}`)?.focus({ preventScroll: true });
  byId(`pair-${at}`)?.closest(".pair").scrollIntoView({ block: "start" });
  for (const [index, box] of [...document.querySelectorAll(".pair")].entries())
    box.classList.toggle("current", index === at);
}

function step(by) {
  if (!pairs[at + by]) return announce(say(by > 0 ? "report.at_end" : "report.at_start"));
  at += by;
  return focus();
}

// Second reading: open it, or close one's own.
function readings() {
  const list = contents.readings ?? [];
  const names = { 1: say("reading.first"), 2: say("reading.second"), 3: say("reading.final") };
  byId("readings").replaceChildren(
    ...list.map((reading) =>
      make(
        "li",
        {},
        `${names[reading.reading]}: `,
        make("bdi", {}, reading.who),
        " · ",
        reading.closed ? say("reading.closed", { at: when(reading.closed) }) : say("reading.open"),
      ),
    ),
  );
  const own = list.some((reading) => reading.who === document.body.dataset.user && !reading.closed);
  for (const button of document.querySelectorAll("[data-reading]"))
    button.hidden = button.dataset.reading === "close" ? !own : list.some((reading) => reading.reading === 2);
}

async function reading(action) {
  const sure = await confirmed(say(`reading.${action}`), say(`reading.${action}.text`), say(`reading.${action}`));
  if (!sure) return;
  await post(reportAddress(id, "/reading"), { do: action }).then(() => location.reload(), fault);
}

async function open() {
  const [entries, known, whole, found] = await Promise.all([
    codebook(language),
    implementers(language),
    get(reportAddress(id), rank === "adjudicator" ? { reading: FINAL } : {}),
    get(reportAddress(id, "/disagreements")),
  ]);
  [labels, bodies, contents] = [entries, known, whole];
  characters = new Characters(whole.text);
  byId("title").textContent = whole.report.row?.title || whole.report.name;
  byId("back").href = `/reports/${encodeURIComponent(id)}`;
  pairs = found.pairs;
  for (const item of whole.items) if (whole.reader.reading === FINAL) finals.set(item.item_id, item);
  at = Math.min(Number(read("pair", "0")) || 0, Math.max(pairs.length - 1, 0));
  readings();
  draw();
  for (const button of document.querySelectorAll("[data-reading]"))
    button.addEventListener("click", () => reading(button.dataset.reading));
  const on = (run) => () => pairs[at] && rank === "adjudicator" && run(pairs[at]);
  bind([
    { key: "j", words: "key.next", run: () => step(1) },
    { key: "k", words: "key.previous", run: () => step(-1) },
    { key: "1", words: "key.take_first", run: on((pair) => choosing(pair, 0)) },
    { key: "2", words: "key.take_second", run: on((pair) => choosing(pair, 1)) },
    { key: "0", words: "key.neither", run: on(neither) },
    { key: "m", words: "key.another", run: on(another) },
    { key: "z", also: ["Ctrl+z"], words: "key.undo", run: back },
  ]);
  listen();
  languageLinks();
}

open().then(() => byId("loading").remove(), fault);
