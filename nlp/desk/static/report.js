// The report view: text, queue and panel over one set of items, all driven by keys as well as by the mouse.
import { codebook, get, reportAddress } from "./api.js";
import { implementers } from "./bodies.js";
import { askOf, askWith, send, undo } from "./decisions.js";
import { Paper, selectedRange } from "./document.js";
import { Claims } from "./claims.js";
import { bind, listen } from "./keys.js";
import { Outline, SHOWN } from "./outline.js";
import { Characters, OPEN, draftIn, make, passageView, redraft } from "./passage.js";
import { Picture } from "./picture.js";
import { Editing } from "./editing.js";
import { header, progress, sheetIn, waitUntilReady, where } from "./report_head.js";
import { announce, confirmed, fault, note } from "./speak.js";
import { languageLinks, poll, read, write } from "./state.js";
import { language, say, when } from "./words.js";

const POLL_SECONDS = 4;
const byId = (id) => document.getElementById(id);

export class ReportView extends Claims {
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
    this.controls();
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

  // --- what is looked at

  select(item, { focus = true } = {}) {
    const before = this.passage;
    Object.assign(this, { item, passage: this.passageOf(item), draft: null });
    this.moved(before, focus);
  }

  selectPassage(passage, focus = false) {
    const before = this.passage;
    const items = this.itemsOf(passage);
    const item =
      items.find((one) => this.inScope(one) && OPEN.has(one.state)) ?? items.find(this.inScope) ?? items[0] ?? null;
    Object.assign(this, { item, passage, draft: null });
    this.moved(before, focus);
    this.pane("decide");
  }

  go(passage) {
    this.pane("text");
    this.paper.reveal(passage);
    const before = this.passage;
    Object.assign(this, { passage, item: this.itemsOf(passage).find(this.inScope) ?? null, draft: null });
    this.moved(before, false);
    this.paper.boxes.get(passage.passage_id)?.scrollIntoView({ block: "start" });
  }

  moved(before, focus) {
    write({ item: this.item?.item_id, passage: this.item ? "" : this.passage?.passage_id });
    for (const passage of new Set([before, this.passage])) {
      if (!passage) continue;
      this.paper.refresh(passage);
      this.picture.refresh(passage);
    }
    this.panel();
    this.alike();
    this.outline.mark();
    this.paper.reveal(this.passage);
    this.picture.reveal(this.passage);
    if (focus) this.focus();
  }

  // How often the same stands elsewhere; asked when she rests on a passage.
  alike() {
    clearTimeout(this.resting);
    const { passage } = this;
    byId("alike").textContent = "";
    if (!passage || this.readonly) return;
    const look = () =>
      get(reportAddress(this.id, "/duplicates"), { passage_id: passage.passage_id }).then(
        ({ passages }) => {
          if (passage === this.passage && passages.length)
            byId("alike").textContent = say("report.alike", { count: passages.length });
        },
        () => {},
      );
    this.resting = setTimeout(look, 400);
  }

  focus() {
    const place = byId("panel").querySelector(`[data-item="${this.item?.item_id}"]`) ?? byId("panel-title");
    place.focus({ preventScroll: true });
    place.closest(".claim-head")?.scrollIntoView({ block: "start" }); // its margin leaves room for what it stands under
  }

  step(by, passages = false) {
    if (this.shows() === "worklist") return this.work.step(by);
    const all = this.sequence();
    if (!all.length) return;
    const at = this.item
      ? all.indexOf(this.item)
      : all.findIndex((item) => item.start >= (this.passage?.start ?? 0)) - (by > 0 ? 1 : 0);
    let to = at + by;
    while (passages && all[to] && all[to].passage_id === this.item?.passage_id) to += by;
    if (!all[to]) return announce(say(by > 0 ? "report.at_end" : "report.at_start"));
    this.select(all[to]);
  }

  // After a decision: the next that is open, behind this one first, then from the start.
  advance(from) {
    if (this.shows() === "worklist") return this.work.next();
    const all = this.sequence();
    const at = all.findIndex((item) => item.item_id === from.item_id);
    const next = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))].find((item) => item.state === "suggested");
    if (next) return this.select(next);
    const more = this.shows() === "suggested" && this.sequence("review").some((item) => item.state === "suggested");
    const goOn = () => ((byId("show").value = "review"), byId("show").dispatchEvent(new Event("change")), this.step(1));
    note(
      say("report.all_decided", { show: say(`show.${this.shows()}`) }),
      more ? { action: goOn, label: say("report.go_on") } : {},
    );
    this.select(this.items.get(from.item_id) ?? from);
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

  // --- what is drawn

  panel() {
    const panel = byId("panel-body");
    byId("panel-where").replaceChildren(...where(this.passage));
    if (!this.passage) return panel.replaceChildren(make("p", { class: "hint" }, say("report.nothing_chosen")));
    const data = {
      characters: this.characters,
      passage: this.passage,
      items: this.itemsOf(this.passage),
      labels: this.labels,
      current: this.item?.item_id ?? null,
      draft: this.draft,
      implementers: this.bodies,
      say,
      language,
      readonly: this.readonly,
      all: this.unfolded || this.shows() !== "suggested",
      when,
    };
    const on = {
      select: (id) => this.toggle(id),
      decide: (item, action, changes) => this.decide(item, action, changes),
      codebook: (target) => this.editing.showEntry(target),
      tools: (item) => this.editing.tools(item),
      unfold: (open) => (this.unfolded = open),
    };
    const typed = panel.dataset.shown === (this.item?.item_id ?? "") && this.item ? draftIn(panel, this.item) : {};
    panel.replaceChildren(passageView(data, on), this.readonly ? "" : this.editing.passageTools());
    panel.dataset.shown = this.item?.item_id ?? "";
    if (this.item) redraft(panel, this.item, typed);
  }

  toggle(id) {
    if (this.item?.item_id !== id) return this.select(this.items.get(id));
    this.item = null;
    this.panel();
  }

  togglePicture(on = !document.body.classList.contains("with-picture")) {
    if (byId("picture-toggle").hidden) return announce(say("picture.none"));
    document.body.classList.toggle("with-picture", on);
    byId("picture-toggle").setAttribute("aria-pressed", String(on));
    write({ picture: on ? "1" : "" });
    if (on) this.picture.draw().then(() => this.picture.reveal(this.passage), fault);
    announce(say(on ? "picture.shown" : "picture.hidden"));
  }

  // On a narrow screen one pane stands alone.
  pane(name) {
    document.body.dataset.pane = name;
    for (const tab of document.querySelectorAll("[data-to-pane]"))
      tab.setAttribute("aria-pressed", String(tab.dataset.toPane === name));
    if (name === "text") this.paper?.reveal(this.passage);
  }

  controls() {
    byId("show").addEventListener("change", async () => {
      write({ show: byId("show").value });
      if (this.shows() === "worklist") await this.work.load().catch(fault);
      this.outline.draw();
      this.panel();
      progress(this);
    });
    for (const tab of document.querySelectorAll("[data-to-pane]"))
      tab.addEventListener("click", () => this.pane(tab.dataset.toPane));
    const doing = {
      picture: () => this.togglePicture(),
      bulk: () => this.bulk(),
      undo: () => this.undo(),
      add: () => this.editing.add(),
      next: () => this.step(1),
      previous: () => this.step(-1),
    };
    for (const button of document.querySelectorAll("[data-do]"))
      button.addEventListener("click", doing[button.dataset.do]);
    const act = (action) => () => (this.item ? this.decide(this.item, action) : announce(say("report.nothing_chosen")));
    bind([
      { key: "j", words: "key.next", repeats: true, run: () => this.step(1) },
      { key: "k", words: "key.previous", repeats: true, run: () => this.step(-1) },
      { key: "J", words: "key.next_passage", repeats: true, run: () => this.step(1, true) },
      { key: "K", words: "key.previous_passage", repeats: true, run: () => this.step(-1, true) },
      { key: "a", words: "key.confirm", run: () => (this.draft ? this.editing.save() : act("confirm")()) },
      { key: "x", words: "key.reject", run: act("reject") },
      { key: "X", words: "key.reject_rest", run: () => this.rejectRest() },
      { key: "0", words: "key.nothing_here", run: () => this.work.pass() },
      { key: "u", words: "key.unsure", run: act("unsure") },
      { key: "l", words: "key.postpone", run: act("postpone") },
      { key: "o", words: "key.reopen", run: act("reopen") },
      { key: "z", also: ["Ctrl+z"], words: "key.undo", run: () => this.undo() },
      { key: "b", words: "key.bulk", run: () => this.bulk() },
      ...this.editing.keys(),
      { key: "g", words: "key.picture", run: () => this.togglePicture() },
      {
        key: "1",
        words: "key.pane_list",
        run: () => (this.pane("list"), byId("todo").querySelector("[tabindex='0']")?.focus()),
      },
      { key: "2", words: "key.pane_text", run: () => (this.pane("text"), byId("text-room").focus()) },
      { key: "3", words: "key.pane_decide", run: () => (this.pane("decide"), this.focus()) },
    ]);
    listen();
    languageLinks();
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

  selection() {
    return selectedRange(byId("text"), this.characters);
  }
}

const view = new ReportView(document.body.dataset.report);
view.open().then(() => byId("loading").remove(), fault);
