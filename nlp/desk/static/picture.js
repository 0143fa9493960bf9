// The pages of a PDF as people see them, with a box around every passage that has something to decide.
import { get, reportAddress } from "./api.js";
import { Boxes } from "./boxes.js";
import { kindOf, make, numberOf, signOf } from "./passage.js";
import { say } from "./words.js";

export class Picture extends Boxes {
  // view: as for Paper
  constructor(pane, view, id) {
    super();
    Object.assign(this, { pane, view, id, pages: null });
  }

  async draw() {
    if (!this.pages) this.pages = (await get(reportAddress(this.id, "/pages"))).pages;
    this.boxes.clear();
    const byPage = Map.groupBy ? Map.groupBy(this.view.passages, (one) => one.page) : grouped(this.view.passages);
    this.pane.replaceChildren(...this.pages.map((page) => this.page(page, byPage.get(page.page) ?? [])));
  }

  page({ page, width, height }, passages) {
    const picture = make("img", {
      src: `/reports/${encodeURIComponent(this.id)}/pages/${page}.png`,
      alt: say("picture.page", { page }),
      loading: "lazy",
      width: Math.round(width),
      height: Math.round(height),
    });
    const boxes = passages.filter((passage) => passage.bbox).map((passage) => this.box(passage, width, height));
    return make(
      "figure",
      { class: "page" },
      make("div", { class: "page-room" }, picture, boxes),
      make("figcaption", {}, say("picture.page", { page })),
    );
  }

  box(passage, width, height) {
    const [x0, top, x1, bottom] = passage.bbox;
    const box = make("button", {
      type: "button",
      class: "page-box",
      tabindex: -1,
      onclick: () => this.view.select(passage),
    });
    const share = (part, whole) => `${((100 * part) / whole).toFixed(3)}%`;
    Object.assign(box.style, {
      left: share(x0, width),
      top: share(top, height),
      width: share(x1 - x0, width),
      height: share(bottom - top, height),
    });
    return this.keep(passage, box);
  }

  fill(box, passage) {
    const items = this.view.itemsOf(passage).filter((item) => item.state !== "rejected");
    const sure = items.filter((item) => kindOf(item) !== "review");
    const here = this.view.current().passage?.passage_id === passage.passage_id;
    box.hidden = !items.length && !here;
    box.className = `page-box ${sure.length ? kindOf(sure[0]) : "review"}${here ? " here" : ""}`;
    const tags = sure
      .slice(0, 3)
      .map((item) => `${signOf(item)}${numberOf(item.target)}`)
      .join(" ");
    box.replaceChildren(make("span", {}, tags || `○ ${items.length}`));
    box.setAttribute("aria-label", say("picture.passage", { tags: tags || String(items.length) }));
  }

  reveal(passage) {
    const box = this.boxes.get(passage?.passage_id);
    if (box && this.pane.offsetParent) box.scrollIntoView({ block: "center" });
  }
}

function grouped(passages) {
  const table = new Map();
  for (const one of passages) table.set(one.page, [...(table.get(one.page) ?? []), one]);
  return table;
}
