// The log of decisions, newest first, as it grows.
import { codebook, get } from "./api.js";
import { bind, listen } from "./keys.js";
import { NOTHING, kindOf, make, numberOf, signOf } from "./passage.js";
import { fault } from "./speak.js";
import { chosen, controls, folded, languageLinks, poll, read } from "./state.js";
import { language, say, when } from "./words.js";

const PAGE = 1000;
const SHOWN = 200;
const byId = (id) => document.getElementById(id);
let [decisions, labels, names, shown, last] = [[], {}, {}, SHOWN, 0];

function row(one) {
  const { item, before } = one;
  const mark = item.target === NOTHING;
  const from = before && !mark ? `${say(`state.${kindOf(before)}`)} → ` : "";
  const address = `/reports/${encodeURIComponent(one.document_id)}?${mark ? "passage" : "item"}=${encodeURIComponent(mark ? item.passage_id : one.item_id)}&show=all`;
  return make(
    "tr",
    {},
    make("td", { class: "when" }, when(one.at)),
    make("td", { class: "when" }, make("bdi", {}, one.who), make("span", { class: "meta" }, say(`rank.${one.rank}`))),
    make(
      "td",
      {},
      make("span", { class: "act-word" }, say(`do.${one.action}`)),
      make(
        "span",
        { class: "meta" },
        from,
        !mark && make("span", { class: `sign ${kindOf(item)}`, "aria-hidden": "true" }, signOf(item)),
        " ",
        !mark && say(`state.${kindOf(item)}`),
      ),
    ),
    make(
      "td",
      {},
      make("span", { class: "number" }, mark ? "∅" : numberOf(item.target)),
      " ",
      make("span", { lang: language }, mark ? say("worklist.nothing_here") : (labels[item.target]?.title ?? "")),
    ),
    make(
      "td",
      { class: "quote-cell" },
      make("a", { href: address }, make("bdi", {}, names[one.document_id] ?? one.document_id.slice(0, 12))),
      make(
        "span",
        { class: "meta", dir: "auto" },
        item.quote.length > 140 ? `${item.quote.slice(0, 140)}…` : item.quote,
      ),
      item.reason && make("span", { class: "reason" }, item.reason),
    ),
    make("td", { class: "log-number" }, String(one.decision_id)),
  );
}

function draw() {
  const [who, action, report, typed] = ["who", "action", "report", "q"].map(chosen);
  const words = folded(typed);
  const found = decisions.filter(
    (one) =>
      (!who || one.who === who) &&
      (!action || one.action === action) &&
      (!report || one.document_id === report) &&
      (!words ||
        folded(
          `${one.item.quote} ${one.item.reason} ${numberOf(one.item.target)} ${labels[one.item.target]?.title ?? ""}`,
        ).includes(words)),
  );
  byId("rows").replaceChildren(...found.slice(0, shown).map(row));
  byId("more").hidden = found.length <= shown;
  byId("summary").textContent = say("log.count", { count: found.length });
  byId("empty").hidden = found.length > 0;
  byId("table-room").hidden = !found.length;
  for (const link of document.querySelectorAll("[data-rows]"))
    link.href = report ? `${link.dataset.rows}?document_id=${encodeURIComponent(report)}` : link.dataset.rows;
}

function options(name, values) {
  const list = document.querySelector(`[data-name="${name}"]`);
  const value = read(name);
  const known = new Set([...list.options].map((option) => option.value));
  for (const [key, words] of values) if (!known.has(key)) list.append(make("option", { value: key }, words));
  list.value = value;
}

async function load() {
  for (;;) {
    const answer = await get("/api/log", { after: last, limit: PAGE });
    if (!answer.decisions.length) break;
    last = Math.max(...answer.decisions.map((one) => one.decision_id));
    decisions = [...answer.decisions].reverse().concat(decisions);
    if (answer.decisions.length < PAGE) break;
  }
  options(
    "who",
    [...new Set(decisions.map((one) => one.who))].sort().map((who) => [who, who]),
  );
  options(
    "action",
    [...new Set(decisions.map((one) => one.action))].map((action) => [action, say(`do.${action}`)]),
  );
  options("report", Object.entries(names));
}

async function open() {
  const [entries, { reports }] = await Promise.all([codebook(language), get("/api/reports")]);
  labels = entries;
  names = Object.fromEntries(reports.map((report) => [report.document_id, report.row?.title || report.name]));
  await load();
  controls(draw);
  draw();
  byId("more").addEventListener("click", () => ((shown += SHOWN), draw()));
  bind([{ key: "/", words: "key.search", run: () => document.querySelector("[data-name=q]").focus() }]);
  listen();
  languageLinks();
  const refresh = async () => {
    const before = last;
    await load();
    if (last !== before) draw();
  };
  poll(refresh, 5);
}

open().then(() => byId("loading").remove(), fault);
