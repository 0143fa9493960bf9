// Changing what a claim says: its quote, its label, one more label, the codebook beside it.
import { askOf } from "./decisions.js";
import { claimKeys } from "./keys.js";
import { entry, make, numberOf } from "./passage.js";
import { pick } from "./picker.js";
import { announce, ask } from "./speak.js";
import { moved, split, units } from "./spans.js";
import { language, say, when } from "./words.js";

export class Editing {
  constructor(view) {
    Object.assign(this, { view, unit: "sentence", chip: null });
    document.addEventListener("selectionchange", () => this.selected());
  }

  keys() {
    const move = (side, outwards) => () => this.move(side, outwards);
    return [
      { key: "n", words: "key.add", run: () => this.add() },
      { key: "m", words: "key.relabel", run: () => this.relabel() },
      { key: ".", words: "key.end_out", repeats: true, run: move("end", true) },
      { key: ",", words: "key.end_in", repeats: true, run: move("end", false) },
      { key: "<", words: "key.start_out", repeats: true, run: move("start", true) },
      { key: ">", words: "key.start_in", repeats: true, run: move("start", false) },
      { key: "w", words: "key.unit", run: () => this.toggleUnit() },
      { key: "q", words: "key.span", run: () => this.useSelection() },
      { key: "s", words: "key.split", run: () => this.split() },
      { key: "Enter", words: "key.save", when: () => Boolean(this.view.draft), run: () => this.save() },
      { key: "Escape", words: "key.cancel", when: () => Boolean(this.view.draft), run: () => this.cancel() },
      ...claimKeys(document.getElementById("panel-body")),
    ];
  }

  showEntry(target) {
    const { labels } = this.view;
    const told = entry(target, { labels, say, language }, { codebook: (other) => this.showEntry(other) });
    told.open = true;
    document.querySelector("dialog[open].entry-dialog button[value='']")?.click();
    return ask(`${numberOf(target)} ${labels[target]?.title ?? ""}`, told, [{ value: "", words: say("close") }], {
      onopen: (dialog) => dialog.classList.add("entry-dialog"),
    });
  }

  // --- the quote

  tools(item) {
    const button = (words, run, key) =>
      make(
        "button",
        { type: "button", class: "plain small", onclick: run, "aria-keyshortcuts": key },
        words,
        key && make("kbd", { "aria-hidden": "true" }, key),
      );
    const { draft } = this.view;
    const saving =
      draft &&
      make(
        "div",
        { class: "draft", role: "group", "aria-label": say("span.draft") },
        make("p", {}, say("span.changed")),
        button(say("span.save"), () => this.save(), "Enter"),
        button(say("cancel"), () => this.cancel(), "Esc"),
      );
    return make(
      "details",
      {
        class: "span-tools",
        open: Boolean(draft) || this.toolsOpen,
        ontoggle: (event) => (this.toolsOpen = event.target.open),
      },
      make("summary", {}, say("span.title")),
      make(
        "div",
        { class: "tool-grid" },
        button(say("span.end_out"), () => this.move("end", true), "."),
        button(say("span.end_in"), () => this.move("end", false), ","),
        button(say("span.start_out"), () => this.move("start", true), "<"),
        button(say("span.start_in"), () => this.move("start", false), ">"),
        button(say("span.selection"), () => this.useSelection(), "q"),
        button(say(`span.by_${this.unit === "sentence" ? "word" : "sentence"}`), () => this.toggleUnit(), "w"),
        button(say("split.do"), () => this.split(), "s"),
        button(say("label.change"), () => this.relabel(), "m"),
      ),
      saving,
    );
  }

  toggleUnit() {
    this.unit = this.unit === "sentence" ? "word" : "sentence";
    announce(say(`span.now_${this.unit}`));
    this.view.panel();
  }

  move(side, outwards) {
    const { item, passage, characters } = this.view;
    if (!item || this.view.readonly) return;
    const span = this.view.draft ?? { start: item.start, end: item.end };
    const parts = units(
      characters,
      Math.min(passage.start, span.start),
      Math.max(passage.end, span.end),
      passage.language,
      this.unit,
    );
    this.drafted(moved(span, parts, side, outwards));
  }

  drafted(span) {
    const { item, characters } = this.view;
    if (span.start === (this.view.draft ?? item).start && span.end === (this.view.draft ?? item).end)
      return announce(say("span.no_further"));
    this.view.draft = span.start === item.start && span.end === item.end ? null : span;
    this.redraw();
    announce(say("span.now", { quote: characters.slice(span.start, span.end) }));
  }

  redraw() {
    this.view.panel();
    this.view.paper.refresh(this.view.passage);
    this.view.focus();
  }

  useSelection() {
    const span = this.view.selection() ?? this.last;
    if (!span || !this.view.item) return announce(say("span.none_selected"));
    getSelection().removeAllRanges();
    this.drafted(span);
  }

  async save() {
    const { item, draft } = this.view;
    if (!item || !draft) return;
    await this.view.decide(item, "correct", { start: draft.start, end: draft.end });
  }

  cancel() {
    if (!this.view.draft) return;
    this.view.draft = null;
    this.redraw();
  }

  async split() {
    const { item, passage, characters } = this.view;
    if (!item || this.view.readonly) return;
    const both = await split(characters, this.view.draft ?? item, passage.language);
    if (!both) return announce(say("split.none"));
    const more = { target: item.target, treatment: item.treatment, implementer: item.implementer };
    await this.view.send([
      askOf(item, "correct", both[0]),
      { item_id: "", action: "add", version: 0, ...more, ...both[1] },
    ]);
    this.view.focus();
  }

  // --- labels

  passageTools() {
    return make(
      "div",
      { class: "passage-tools" },
      make(
        "button",
        { type: "button", class: "plain", onclick: () => this.add() },
        say("label.add"),
        make("kbd", { "aria-hidden": "true" }, "n"),
      ),
      this.view.itemsOf(this.view.passage).some((item) => item.state === "suggested") &&
        make(
          "button",
          { type: "button", class: "plain", onclick: () => this.view.rejectRest() },
          say("rest.do"),
          make("kbd", { "aria-hidden": "true" }, "X"),
        ),
      this.view.canPass(this.view.passage) &&
        make(
          "button",
          { type: "button", class: "plain", onclick: () => this.view.work.pass() },
          say("worklist.nothing_here"),
          make("kbd", { "aria-hidden": "true" }, "0"),
        ),
      this.passedNote(),
    );
  }

  // Who said that nothing is here; it can be said otherwise.
  passedNote() {
    const mark = this.view.passed.get(this.view.passage.passage_id);
    return (
      mark &&
      make(
        "p",
        { class: "notice" },
        say("passed.by", { who: mark.who, at: when(mark.at) }),
        " ",
        make(
          "button",
          { type: "button", class: "link", onclick: () => this.view.send([askOf(mark, "reopen")]) },
          say("do.reopen"),
        ),
      )
    );
  }

  // For the selected text, or else for the whole passage.
  async add() {
    const { view } = this;
    if (view.readonly) return announce(say("report.readonly"));
    const span =
      view.selection() ?? this.last ?? (view.passage && { start: view.passage.start, end: view.passage.end });
    if (!span) return announce(say("span.none_selected"));
    const passage = view.passages.findLast((one) => one.start <= span.start) ?? view.passage;
    const known = view.itemsOf(passage).map((item) => item.target);
    const taken = await pick({
      ...this.picking(passage),
      quote: view.characters.slice(span.start, span.end),
      known,
      treatment: passage.treatment,
      implementer: passage.implementer,
    });
    if (!taken) return;
    getSelection().removeAllRanges();
    this.last = null;
    const decided = await view.send([
      { item_id: "", action: "add", version: 0, start: span.start, end: span.end, ...taken },
    ]);
    const added = decided?.items.find((item) => item.target === taken.target && item.start === span.start);
    if (added) view.select(view.items.get(added.item_id) ?? added);
    view.outline.draw();
  }

  picking(passage) {
    return { labels: this.view.labels, language, implementers: this.view.bodies, quoteLanguage: passage.language };
  }

  // Another label for the same quote: the old one is rejected, the new one added, in one batch.
  async relabel() {
    const { view } = this;
    const { item, passage } = view;
    if (!item || view.readonly) return;
    const taken = await pick({
      ...this.picking(passage),
      quote: item.quote,
      treatment: item.treatment,
      implementer: item.implementer,
      words: say("label.change"),
    });
    if (!taken || taken.target === item.target) return;
    const decided = await view.send([
      askOf(item, "reject"),
      { item_id: "", action: "add", version: 0, start: item.start, end: item.end, ...taken },
    ]);
    const added = decided?.items.find((one) => one.target === taken.target);
    if (added) view.select(view.items.get(added.item_id) ?? added);
  }

  // A button where text was selected, for whoever has no keys.
  selected() {
    const span = this.view.characters && !document.querySelector("dialog[open]") ? this.view.selection() : null;
    this.chip?.remove();
    this.chip = null;
    if (!span) return void (this.last = document.activeElement?.closest?.("#panel") ? this.last : null);
    this.last = span;
    if (this.view.readonly) return;
    const room = document.getElementById("text-room");
    const at = getSelection().getRangeAt(0).getBoundingClientRect();
    const around = room.getBoundingClientRect();
    this.chip = make(
      "button",
      {
        type: "button",
        class: "chip plain strong",
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => this.add(),
      },
      say("label.add"),
      make("kbd", { "aria-hidden": "true" }, "n"),
    );
    Object.assign(this.chip.style, {
      top: `${at.bottom - around.top + room.scrollTop + 6}px`,
      left: `${Math.max(8, Math.min(at.left - around.left, around.width - 180))}px`,
    });
    room.append(this.chip);
  }
}
