// The report view: text, queue and panel over one set of items, all driven by keys as well as by the mouse.
import { codebook, get, reportAddress } from "./api.js";
import { implementers } from "./bodies.js";
import { askOf, askWith, send, undo } from "./decisions.js";
import { Paper } from "./document.js";
import { Editing } from "./editing.js";
import { Looking } from "./looking.js";
import { Outline, SHOWN } from "./outline.js";
import { Characters, OPEN, draftIn } from "./passage.js";
import { Picture } from "./picture.js";
import { header, progress, sheetIn, waitUntilReady } from "./report_head.js";
import { drive } from "./report_keys.js";
import { announce, confirmed, fault, note } from "./speak.js";
import { poll, read, write } from "./state.js";
import { language, say } from "./words.js";

const POLL_SECONDS = 4;
const byId = (id) => document.getElementById(id);

export class ReportView extends Looking {
  constructor(id) {
    super();
    Object.assign(this, {
      id,
      item: null,
      passage: null,
      draft: null,
      seen: 0,
      unfolded: false,
    });
    this.inScope = (item) => SHOWN[this.shows()](item);
    this.changed = this.changed.bind(this);
  }

  async open() {
    const [contents, labels, bodies] = await Promise.all([
      get(reportAddress(this.id)),
      codebook(language),
      implementers(language),
    ]);
    Object.assign(this, {
      labels,
      bodies,
      report: contents.report,
      reader: contents.reader,
      readings: contents.readings ?? [],
      passages: contents.passages,
    });
    this.characters = new Characters(contents.text);
    this.readonly =
      this.reader.rank === "reader" ||
      this.report.state !== "ready" ||
      this.readings.some((one) => one.reading === this.reader.reading && one.closed);
    this.passages.sort((a, b) => a.start - b.start);
    this.keep([...contents.items, ...contents.passed]);
    this.seen = Math.max(0, ...[...contents.items, ...contents.passed].map((item) => item.decision_id ?? 0));
    const view = {
      characters: this.characters,
      passages: this.passages,
      itemsOf: (passage) => this.itemsOf(passage),
      current: () => this,
      select: (passage) => this.selectPassage(passage, true),
      go: (passage) => this.go(passage),
      listed: () => this.listed(),
      inScope: (item) => this.inScope(item),
      passed: this.passed,
    };
    this.paper = new Paper(byId("text"), view);
    this.outline = new Outline(byId("todo"), byId("headings"), view);
    this.picture = new Picture(byId("picture"), view, this.id);
    this.editing = new Editing(this);
    if (read("show") === "worklist") await this.work.load();
    header(this);
    waitUntilReady(this);
    sheetIn(this);
    this.begin();
    drive(this);
    this.watch();
  }

  // Where to start: the item of the address, else the first that is open.
  begin() {
    const show =
      read("show") || (this.sequence("suggested").some((item) => OPEN.has(item.state)) ? "suggested" : "review");
    byId("show").value = SHOWN[show] ? show : "all";
    const wanted = this.items.get(read("item"));
    if (wanted && !this.inScope(wanted)) byId("show").value = "all";
    const first = byId("show").value === "worklist" && this.work.steps()[0];
    const passage =
      this.passages.find((one) => one.passage_id === read("passage")) ?? (first && !first.item && first.passage);
    this.item = wanted ?? (passage ? null : (this.sequence().find((item) => OPEN.has(item.state)) ?? null));
    this.passage = this.item ? this.passageOf(this.item) : (passage ?? null);
    this.paper.draw();
    this.outline.draw();
    this.panel();
    progress(this);
    if (read("picture")) this.togglePicture(true);
    if (read("add") && this.passage && !this.readonly) (write({ add: "" }), this.editing.add());
    this.paper.reveal(this.passage);
  }

  // --- what is decided

  async decide(item, action, changes = {}) {
    if (this.readonly) return announce(say("report.readonly"));
    const now = this.items.get(item.item_id);
    const draft = now === this.item ? draftIn(byId("panel-body"), now) : {};
    const asks = [askWith(now, action, { ...draft, ...changes })];
    const decided = await this.send(asks, this.spreads(action));
    if (!decided) return;
    if (["confirm", "reject", "unsure", "postpone"].includes(action)) this.advance(now);
    else this.focus();
  }

  send(asks, spread = false) {
    return send(this.id, asks, this.changed, { labels: this.labels, spread });
  }

  spreads(action) {
    return byId("spread").checked && ["confirm", "reject"].includes(action);
  }

  // Items as they now stand, from her own decision or from somebody else's.
  changed(items, decisions = []) {
    const own = items.filter((item) => item.document_id === this.id && item.reading === this.reader.reading);
    const before = new Set(
      own
        .map((item) => this.items.get(item.item_id))
        .filter(Boolean)
        .map((item) => this.passageOf(item)),
    );
    this.keep(own);
    this.seen = Math.max(this.seen, ...decisions.map((one) => one.decision_id), 0);
    if (this.item) this.item = this.items.get(this.item.item_id) ?? null;
    for (const passage of new Set([...before, ...own.map((item) => this.passageOf(item))])) {
      if (!passage) continue;
      for (const part of [this.paper, this.picture, this.outline]) part.refresh(passage);
    }
    this.outline.drawHeadings();
    this.draft = null;
    this.panel();
    progress(this);
  }

  async undo() {
    const decided = await undo(this.changed);
    const own = decided?.items.filter((item) => item.document_id === this.id) ?? [];
    const first = own.find((item) => this.items.has(item.item_id));
    if (first) return this.select(this.items.get(first.item_id));
    if (own.length) this.selectPassage(this.passageOf(own[0]), true);
    this.outline.draw();
  }

  async bulk() {
    const open = [...this.items.values()].filter((item) => item.lane === "suggested" && item.state === "suggested");
    if (!open.length) return announce(say("bulk.none"));
    if (
      !(await confirmed(
        say("bulk.title"),
        say("bulk.text", { count: open.length }),
        say("bulk.do", { count: open.length }),
      ))
    )
      return;
    const decided = await this.send(open.map((item) => askOf(item, "confirm")));
    if (decided) this.focus();
  }

  // All that is left in this passage is no evidence: one batch, so that one undo brings it back.
  async rejectRest() {
    const open = this.passage ? this.itemsOf(this.passage).filter((item) => item.state === "suggested") : [];
    if (!open.length) return announce(say("rest.none"));
    const last = open.at(-1);
    if (await this.send(open.map((item) => askOf(item, "reject")))) this.advance(last);
  }

  // What others decide meanwhile.
  watch() {
    poll(async () => {
      const { decisions } = await get("/api/log", { after: this.seen, document_id: this.id });
      if (!decisions.length) return;
      const news = decisions.filter(
        (one) => one.reading === this.reader.reading && (this.items.get(one.item_id)?.version ?? -1) < one.version,
      );
      this.seen = Math.max(this.seen, ...decisions.map((one) => one.decision_id));
      if (!news.length) return;
      this.changed(
        news.map((one) => one.item),
        news,
      );
      const others = [...new Set(news.map((one) => one.who))].join(", ");
      note(say("live.others", { who: others, count: news.length }));
    }, POLL_SECONDS);
  }
}

const view = new ReportView(document.body.dataset.report);
view.open().then(() => byId("loading").remove(), fault);
