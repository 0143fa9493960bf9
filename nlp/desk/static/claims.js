// The claims of a report as they now stand: by item, by passage, and in the order in which keys go through them; and
// the passages that were read whole and hold nothing.
import { SHOWN } from "./outline.js";
import { HOLDS, NOTHING, OPEN, ordered } from "./passage.js";
import { Worklist } from "./worklist.js";

export class Claims {
  constructor() {
    Object.assign(this, { passages: [], items: new Map(), byPassage: new Map(), passed: new Map() });
    this.work = new Worklist(this);
  }

  // Which of them are looked at: a name of `SHOWN`.
  shows() {
    return document.getElementById("show").value;
  }

  keep(items) {
    for (const item of items) {
      const gone = item.state === "suggested" && item.lane === null; // added, then taken back
      if (item.target === NOTHING)
        gone ? this.passed.delete(item.passage_id) : this.passed.set(item.passage_id, item);
      else if (gone) this.drop(item);
      else this.keepOne(item);
    }
  }

  drop(item) {
    this.items.delete(item.item_id);
    for (const ids of this.byPassage.values()) ids.delete(item.item_id);
  }

  keepOne(item) {
    const passage = this.passageOf(item);
    const before = this.items.get(item.item_id);
    const old = before && this.passageOf(before);
    if (old && old !== passage) this.byPassage.get(old.passage_id)?.delete(item.item_id);
    this.items.set(item.item_id, item);
    if (!passage) return;
    if (!this.byPassage.has(passage.passage_id)) this.byPassage.set(passage.passage_id, new Set());
    this.byPassage.get(passage.passage_id).add(item.item_id);
  }

  passageOf(item) {
    this.index ??= new Map(this.passages.map((passage) => [passage.passage_id, passage]));
    const known = this.index.get(item.passage_id);
    return known ?? this.passages.findLast((passage) => passage.start <= item.start) ?? this.passages[0] ?? null;
  }

  itemsOf(passage) {
    const own = [...(this.byPassage.get(passage.passage_id) ?? [])].map((id) => this.items.get(id));
    return ordered(own, this.labels).flatMap(({ head, kids }) => [head, ...kids]);
  }

  // Whether it can be said of a passage that nothing is in it.
  canPass(passage) {
    const left = this.itemsOf(passage).some((item) => OPEN.has(item.state) || HOLDS.has(item.state));
    return !left && !this.passed.has(passage.passage_id);
  }

  // The passages to list: those with such claims, or those of the worklist.
  listed() {
    if (this.shows() === "worklist") return this.work.left();
    const passed = (passage) => this.shows() === "decided" && this.passed.has(passage.passage_id);
    return this.passages.filter((passage) => passed(passage) || this.itemsOf(passage).some(SHOWN[this.shows()]));
  }

  // The items that keys go through, in the order of the text, or of the worklist.
  sequence(show = this.shows()) {
    if (show === "worklist") return this.work.items();
    return this.passages.flatMap((passage) =>
      this.byPassage.has(passage.passage_id) ? this.itemsOf(passage).filter(SHOWN[show]) : [],
    );
  }
}
