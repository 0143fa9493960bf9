// What finds most for its effort in one report: items and passages to read whole, best first. That nothing is in a
// passage is no decision and stands in no log: it is only kept in the address of this page.
import { get } from "./api.js";
import { OPEN } from "./passage.js";
import { announce, note } from "./speak.js";
import { progress } from "./report_head.js";
import { read, write } from "./state.js";
import { say } from "./words.js";

const MOST = 2000; // tasks asked for
const KEPT = 200; // passages without anything that the address names

export function seen() {
  return new Set(read("seen").split(",").filter(Boolean));
}

export function see(id) {
  write({ seen: [...seen().add(id)].slice(-KEPT).join(",") });
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
    const gone = seen();
    return this.passages.filter((passage) => {
      const items = this.view.itemsOf(passage);
      return items.length ? items.some((item) => OPEN.has(item.state)) : !gone.has(passage.passage_id);
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

  // She read a passage in which nothing is suggested, and there is nothing.
  pass() {
    const { view } = this;
    if (view.shows() !== "worklist" || !view.passage) return announce(say("worklist.only"));
    if (view.itemsOf(view.passage).some((item) => OPEN.has(item.state))) return announce(say("worklist.decide_first"));
    see(view.passage.passage_id);
    announce(say("worklist.seen"));
    return this.next();
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
