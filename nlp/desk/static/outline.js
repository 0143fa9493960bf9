// The left pane: passages in which something is to be decided, and the report's headings.
import { Boxes } from "./boxes.js";
import { HOLDS, OPEN, kindOf, make, numberOf, signOf } from "./passage.js";
import { say } from "./words.js";

const FIRST_WORDS = 90;

export const SHOWN = {
  suggested: (item) => item.lane === "suggested" || item.lane === null,
  review: (item) => item.lane === "review",
  all: () => true,
  aside: (item) => item.state === "unsure" || item.state === "postponed",
  worklist: (item) => OPEN.has(item.state),
  moved: (item) => item.place === "moved" || item.place === "orphaned",
  decided: (item) => HOLDS.has(item.state) || item.state === "rejected",
};

export class Outline extends Boxes {
  // view: {passages, characters, itemsOf, current(), select(passage), inScope(item)}
  constructor(list, headings, view) {
    super();
    Object.assign(this, { list, headings, view });
    list.addEventListener("keydown", (event) => this.key(event));
  }

  draw() {
    this.boxes.clear();
    const own = this.view.listed();
    this.list.replaceChildren(...own.map((passage) => this.row(passage)));
    if (!own.length) this.list.append(make("li", { class: "hint" }, say("report.none_in_scope")));
    this.drawHeadings();
    this.mark();
  }

  row(passage) {
    const button = make("button", {
      type: "button",
      class: "row",
      tabindex: -1,
      onclick: () => this.view.select(passage),
    });
    return make("li", {}, this.keep(passage, button));
  }

  fill(button, passage) {
    const items = this.view.itemsOf(passage).filter(this.view.inScope);
    const tags = items
      .slice(0, 4)
      .map((item) => make("span", { class: `tag ${kindOf(item)}` }, signOf(item) + numberOf(item.target)));
    if (items.length > 4) tags.push(make("span", { class: "tag more" }, `+${items.length - 4}`));
    const open = items.filter((item) => OPEN.has(item.state)).length;
    const none = !this.view.itemsOf(passage).length;
    const passed = this.view.passed.has(passage.passage_id);
    if (passed) tags.push(make("span", { class: "tag passed" }, say("worklist.nothing_here")));
    else if (none) tags.push(make("span", { class: "tag unread" }, say("worklist.read_this")));
    const words = this.view.characters.slice(passage.start, Math.min(passage.end, passage.start + FIRST_WORDS));
    const toRead = none && !passed;
    button.classList.toggle("done", open === 0 && !toRead);
    button.replaceChildren(
      ...[
        make("span", { class: "row-text", lang: passage.language, dir: "auto" }, words),
        make(
          "span",
          { class: "row-tags" },
          tags,
          passage.page && make("span", { class: "meta" }, say("page.short", { page: passage.page })),
        ),
        !toRead &&
          make(
            "span",
            { class: "unseen" },
            `, ${open ? say("report.open_here", { count: open }) : say("report.all_decided_here")}`,
          ),
      ].filter(Boolean),
    );
  }

  mark() {
    const id = this.view.current().passage?.passage_id;
    const known = this.boxes.has(id) ? id : this.boxes.keys().next().value;
    for (const [key, button] of this.boxes) {
      button.tabIndex = key === known ? 0 : -1;
      if (key === id) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
    const button = this.boxes.get(id);
    if (button?.offsetParent) button.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const buttons = [...this.boxes.values()];
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || !buttons[to]) return;
    event.preventDefault();
    buttons[at].tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
  }

  drawHeadings() {
    const rows = [];
    let last = null;
    for (const passage of this.view.passages) {
      if (passage.kind === "heading" && !passage.cell) rows.push((last = { passage, open: 0 }));
      if (last)
        last.open += this.view
          .itemsOf(passage)
          .filter((item) => this.view.inScope(item) && OPEN.has(item.state)).length;
    }
    this.headings.replaceChildren(...rows.map(({ passage, open }) => this.heading(passage, open)));
  }

  heading(passage, open) {
    const text = this.view.characters.slice(passage.start, Math.min(passage.end, passage.start + 140));
    const count =
      open > 0 &&
      make(
        "span",
        { class: "tally", title: say("report.open_here", { count: open }) },
        String(open),
        make("span", { class: "unseen" }, ` ${say("report.open_word")}`),
      );
    return make(
      "li",
      { class: `depth-${Math.min(passage.section.length, 4)}` },
      make(
        "button",
        { type: "button", class: "row heading-row", onclick: () => this.view.go(passage) },
        make("span", { lang: passage.language, dir: "auto" }, text),
        count,
      ),
    );
  }
}
