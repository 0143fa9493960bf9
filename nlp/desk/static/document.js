// The document's text as it is: headings, paragraphs, lists, tables, and between them what belongs to no passage.
// Passages carry a margin of signs; what was confirmed or suggested is marked in the text.
import { Boxes } from "./boxes.js";
import { HOLDS, LEAST_DROP, OPEN, kindOf, make, numberOf, pieces, run, signOf } from "./passage.js";
import { say } from "./words.js";

const RANK = ["current", "confirmed", "corrected", "suggested", "unsure", "postponed"];
const MOST_SIGNS = 3;

// Passages in reading order, in groups: one table, one list, or one passage alone.
function groupsOf(passages) {
  const groups = [];
  for (const passage of passages) {
    const key = passage.cell
      ? `table-${passage.cell[0]}`
      : passage.kind === "table_cell"
        ? "cells"
        : passage.kind === "list_item"
          ? "list"
          : "";
    const last = groups.at(-1);
    if (key && last?.key === key) last.passages.push(passage);
    else groups.push({ key, passages: [passage] });
  }
  return groups;
}

export class Paper extends Boxes {
  // view: {characters, passages, itemsOf(passage), current(): {item, passage, draft}, select(passage)}
  constructor(pane, view) {
    super();
    Object.assign(this, { pane, view, end: 0 });
  }

  draw() {
    const parts = groupsOf(this.view.passages).map((group) => this.group(group));
    this.pane.replaceChildren(...parts.flat(), ...this.between(this.view.characters.length).lines);
  }

  group({ key, passages }) {
    if (key.startsWith("table-")) return this.table(passages);
    const before = this.between(passages[0].start);
    if (key !== "list")
      return [
        ...before.lines,
        this.box(passages[0], before.marker),
        ...passages.slice(1).map((one) => this.alone(one)),
      ];
    const list = make("ul", { class: "as-list" });
    passages.forEach((passage, index) => {
      const gap = index ? this.between(passage.start) : before;
      list.append(make("li", {}, index ? gap.lines : [], this.box(passage, gap.marker)));
    });
    return [...before.lines, list];
  }

  alone(passage) {
    const gap = this.between(passage.start);
    return make("div", {}, gap.lines, this.box(passage, gap.marker));
  }

  table(passages) {
    const before = this.between(passages[0].start);
    const rows = new Map();
    passages.forEach((passage, index) => {
      const gap = index ? this.between(passage.start) : before;
      const [, row, column] = passage.cell;
      if (!rows.has(row)) rows.set(row, new Map());
      const cells = rows.get(row);
      if (!cells.has(column)) cells.set(column, []);
      cells.get(column).push(index ? gap.lines : [], this.box(passage, gap.marker));
    });
    const widest = Math.max(...[...rows.values()].flatMap((cells) => [...cells.keys()])) + 1;
    const body = [...rows.values()].map((cells) =>
      make(
        "tr",
        {},
        Array.from({ length: Math.min(widest, 60) }, (_, column) => make("td", {}, cells.get(column) ?? "")),
      ),
    );
    return [
      ...before.lines,
      make(
        "div",
        { class: "table-room", tabindex: 0, role: "group", "aria-label": say("report.table") },
        make("table", {}, make("tbody", {}, body)),
      ),
    ];
  }

  // What stands between the passages: running lines, rules, and the marker right before the next passage.
  between(until) {
    const { characters } = this.view;
    const text = characters.slice(this.end, until);
    const cut = text.lastIndexOf("\n") + 1;
    const lines = [];
    let at = this.end;
    for (const line of text.slice(0, cut).split("\n")) {
      if (line.trim()) lines.push(run(line, at, { class: "between" }, "p"));
      at += Array.from(line).length + 1;
    }
    const last = text.slice(cut);
    const start = this.end + Array.from(text.slice(0, cut)).length;
    const ends = until >= characters.length;
    if (ends && last.trim()) lines.push(run(last, start, { class: "between" }, "p"));
    return { lines, marker: last.trim() && !ends ? run(last, start, { class: "marker" }) : null };
  }

  box(passage, marker) {
    this.end = passage.end;
    const box = make("div", { class: "passage", id: `p-${passage.passage_id}`, data: { passage: passage.passage_id } });
    box.marker = marker;
    return this.keep(passage, box);
  }

  fill(box, passage) {
    const items = this.view.itemsOf(passage);
    const current = this.view.current();
    const here = current.passage?.passage_id === passage.passage_id;
    box.className = `passage ${passage.kind}${here ? " here" : ""}${items.some((item) => OPEN.has(item.state)) ? " open" : ""}`;
    const depth = Math.min(6, 3 + passage.section.length);
    const text = make(
      passage.kind === "heading" ? `h${depth}` : "p",
      { lang: passage.language, dir: "auto" },
      box.marker,
      this.marked(passage, items, here ? current : null),
    );
    const placed = items.filter((item) => item.place !== "orphaned"); // no sign beside what merely stands near
    box.replaceChildren(this.margin(passage, placed, here), text);
  }

  marked(passage, items, current) {
    const spans = items
      .filter(
        (item) =>
          item.place !== "orphaned" && (HOLDS.has(item.state) || (OPEN.has(item.state) && kindOf(item) !== "review")),
      )
      .map((item) => ({ start: item.start, end: item.end, kind: kindOf(item) }));
    const quote = current?.draft ?? (current?.item?.place === "orphaned" ? null : current?.item);
    if (quote) spans.push({ start: quote.start, end: quote.end, kind: "current" });
    for (const one of current?.item?.why?.sentences ?? []) if (one.drop >= LEAST_DROP) spans.push({ ...one, kind: "carrying" });
    return pieces(passage.start, passage.end, spans).map(({ start, end, over }) => {
      const kinds = new Set(over.map((span) => span.kind));
      const kind = RANK.find((one) => kinds.has(one));
      const names = [kind && `mark-${kind}`, kinds.has("carrying") && "carrying"].filter(Boolean).join(" ");
      return run(this.view.characters.slice(start, end), start, { class: names || null }, kind ? "mark" : "span");
    });
  }

  margin(passage, items, here) {
    const passed = this.view.passed.has(passage.passage_id);
    if (!items.length && !passed) return make("span", { class: "margin" });
    const told = items.filter((item) => item.state !== "rejected" && kindOf(item) !== "review");
    const review = items.filter((item) => kindOf(item) === "review").length;
    const signs = told
      .slice(0, MOST_SIGNS)
      .map((item) => make("span", { class: `tag ${kindOf(item)}` }, `${signOf(item)}${numberOf(item.target)}`));
    if (told.length > MOST_SIGNS) signs.push(make("span", { class: "tag more" }, `+${told.length - MOST_SIGNS}`));
    if (review) signs.push(make("span", { class: "tag review" }, `○ ${review}`));
    if (!signs.length) signs.push(make("span", { class: `tag ${passed ? "passed" : "rejected"}` }, passed ? "∅" : "✕"));
    const words = [
      say("report.in_passage"),
      ...told.map((item) => `${numberOf(item.target)} ${say(`state.${kindOf(item)}`)}`),
      review && say("passage.to_review", { count: review }),
      passed && say("worklist.nothing_here"),
    ];
    return make(
      "button",
      {
        type: "button",
        class: "margin",
        tabindex: here ? 0 : -1,
        "aria-label": words.filter(Boolean).join(", "),
        "aria-pressed": String(here),
        onclick: () => this.view.select(passage),
      },
      signs,
    );
  }

  reveal(passage) {
    const box = this.boxes.get(passage?.passage_id);
    if (!box || !this.pane.offsetParent) return;
    const at = box.getBoundingClientRect();
    const room = this.pane.closest(".scrolls").getBoundingClientRect();
    if (at.top < room.top + 40 || at.bottom > room.bottom - 40)
      box.scrollIntoView({ block: at.height > room.height * 0.6 ? "start" : "center" });
  }
}

// The selected text as a range of code points of the canonical text, null where nothing of it is selected.
export function selectedRange(pane, characters) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(pane)) return null;
  let [start, end] = [Infinity, -1];
  for (const leaf of pane.querySelectorAll("[data-start]")) {
    if (!range.intersectsNode(leaf)) continue;
    const [first, last] = covered(leaf, range);
    if (first < last) [start, end] = [Math.min(start, first), Math.max(end, last)];
  }
  return end < 0 ? null : trimmed(characters, start, end);
}

function covered(leaf, range) {
  const text = leaf.firstChild;
  const from = Number(leaf.dataset.start);
  if (leaf.dataset.whole) return [from, from + 1];
  if (!text) return [0, 0];
  const points = (unit) => Array.from(text.data.slice(0, unit)).length;
  const [inside, before, after] = [
    points(text.length),
    range.comparePoint(text, 0) < 0,
    range.comparePoint(text, text.length) > 0,
  ];
  const first = range.startContainer === text ? points(range.startOffset) : before ? inside : 0;
  const last = range.endContainer === text ? points(range.endOffset) : after ? 0 : inside;
  return [from + first, from + last];
}

function trimmed(characters, start, end) {
  const text = characters.slice(start, end);
  const head = Array.from(text.slice(0, text.length - text.trimStart().length)).length;
  const length = Array.from(text.trim()).length;
  return length ? { start: start + head, end: start + head + length } : null;
}
