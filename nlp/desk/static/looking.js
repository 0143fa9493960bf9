// What is looked at in a report: one passage and one claim, in the list, the text, the page picture and the panel.
import { get, reportAddress } from "./api.js";
import { Claims } from "./claims.js";
import { selectedRange } from "./document.js";
import { OPEN, draftIn, make, passageView, redraft } from "./passage.js";
import { where } from "./report_head.js";
import { announce, fault, note } from "./speak.js";
import { write } from "./state.js";
import { language, say, when } from "./words.js";

const REST_MS = 400; // how long she rests on a passage before it is asked where the same stands
const byId = (id) => document.getElementById(id);

// Who extends it has paper, outline, picture and editing, and can decide.
export class Looking extends Claims {
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
    this.resting = setTimeout(look, REST_MS);
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

  selection() {
    return selectedRange(byId("text"), this.characters);
  }
}
