// What finds most for its effort in one report: items and passages to read whole, best first; and that nothing is in a
// passage, which is noted and undone like a decision.
import { get } from "./api.js";
import { OPEN } from "./passage.js";
import { announce, note } from "./speak.js";
import { progress } from "./report_head.js";
import { say } from "./words.js";

const MOST = 2000; // tasks asked for

// What is asked of the desk for a passage in which nothing is.
export function nothingIn({ start, end }) {
  return { item_id: "", action: "nothing", version: 0, start, end };
}

export class Worklist {
  // view: the report's (ReportView)
  constructor(view) {
    Object.assign(this, { view, passages: [] }); // passages: of the tasks, best first
  }

  async load() {
    const { items } = await get("/api/queue", { order: "worklist", document_id: this.view.id, limit: MOST });
    const known = new Map(this.view.passages.map((passage) => [passage.passage_id, passage]));
    this.passages = [...new Set(items.map((one) => one.passage_id))].map((id) => known.get(id)).filter(Boolean);
  }

  // Passages with something left to do, best first.
  left() {
    const { view } = this;
    return this.passages.filter((passage) => {
      const items = view.itemsOf(passage);
      return items.length ? items.some((item) => OPEN.has(item.state)) : !view.passed.has(passage.passage_id);
    });
  }

  // Steps of the keys: open items, and the passages that have no item at all.
  steps() {
    return this.left().flatMap((passage) => {
      const open = this.view.itemsOf(passage).filter((item) => OPEN.has(item.state));
      return open.length ? open.map((item) => ({ passage, item })) : [{ passage, item: null }];
    });
  }

  items() {
    return this.steps().flatMap(({ item }) => item ?? []);
  }

  step(by) {
    const { view } = this;
    const all = this.steps();
    const at = all.findIndex(({ passage, item }) => (view.item ? item === view.item : passage === view.passage));
    const to = all[at < 0 ? 0 : at + by];
    if (!to) return announce(say(by > 0 ? "report.at_end" : "report.at_start"));
    return this.take(to);
  }

  take({ passage, item }) {
    return item ? this.view.select(item) : this.view.selectPassage(passage, true);
  }

  // She read a passage in which nothing is left to decide, and there is nothing.
  async pass() {
    const { view } = this;
    if (view.readonly) return announce(say("report.readonly"));
    if (!view.passage) return announce(say("report.nothing_chosen"));
    if (!view.canPass(view.passage)) return announce(say("worklist.decide_first"));
    if (!(await view.send([nothingIn(view.passage)]))) return null;
    if (view.shows() === "worklist") return this.next();
    view.outline.draw();
    return view.step(1);
  }

  // The best that is left.
  next() {
    const [best] = this.steps();
    this.view.outline.draw();
    progress(this.view);
    if (best) return this.take(best);
    return note(say("report.all_decided", { show: say("show.worklist") }));
  }
}
