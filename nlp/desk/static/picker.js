// Choose a label of the codebook for a quote: type to search, arrows to move, the entry beside it.
import { TREATMENTS, entry, make, numberOf } from "./passage.js";
import { folded } from "./state.js";
import { say } from "./words.js";

let opened = 0;

// How well a label fits what was typed; 0 where it does not.
function fit(label, words, exact) {
  const number = folded(numberOf(label.target));
  if (exact === number || exact === number.replace("a", "")) return exact === number ? 1000 : 900;
  const title = folded(label.title);
  const terms = folded((label.terms ?? []).join(" · "));
  const rest = folded(`${label.counts} ${label.article}`);
  let score = 0;
  for (const word of words) {
    const here = title.includes(word) ? 10 : terms.includes(word) ? 5 : rest.includes(word) ? 1 : 0;
    if (!here) return 0;
    score += here;
  }
  return score;
}

export function search(labels, typed) {
  const exact = folded(typed.trim()).replace(
    /^(objective|objetivo|objectif|activity|actividad|atividade|activite)\s*/,
    (all) => (/^obj/.test(all) ? "" : "a"),
  );
  const words = folded(typed).split(/\s+/).filter(Boolean);
  const all = Object.values(labels);
  if (!words.length) return all;
  return all
    .map((label) => [fit(label, words, exact), label])
    .filter(([score]) => score)
    .sort((a, b) => b[0] - a[0])
    .map(([, label]) => label);
}

/**
 * Open the dialog. data: {labels, language, implementers, quote, quoteLanguage, treatment, implementer, known: targets
 * that the quote has}. Resolves to {target, treatment, implementer, reason}, or null.
 */
export function pick(data) {
  return new Promise((resolve) => new Picker(data, resolve).open());
}

class Picker {
  constructor(data, resolve) {
    Object.assign(this, { data, resolve, id: `picker-${++opened}`, found: [], at: 0 });
    const listed = {
      role: "combobox",
      "aria-expanded": "true",
      "aria-controls": `${this.id}-list`,
      "aria-autocomplete": "list",
    };
    this.input = make("input", {
      type: "search",
      id: `${this.id}-search`,
      autocomplete: "off",
      ...listed,
      placeholder: say("picker.placeholder"),
      oninput: () => this.look(),
    });
    this.list = make("ul", {
      role: "listbox",
      id: `${this.id}-list`,
      "aria-label": say("picker.labels"),
      class: "options",
    });
    this.detail = make("div", {
      class: "option-detail",
      role: "group",
      tabindex: 0,
      "aria-label": say("codebook.at_hand"),
    });
    this.count = make("p", { class: "meta", role: "status" });
  }

  open() {
    const { data } = this;
    const before = document.activeElement;
    this.dialog = make(
      "dialog",
      { class: "wide picker", "aria-labelledby": `${this.id}-title` },
      make(
        "form",
        { method: "dialog", onsubmit: (event) => this.take(event) },
        make("h2", { id: `${this.id}-title` }, say("picker.title")),
        make("blockquote", { class: "picked", lang: data.quoteLanguage, dir: "auto" }, data.quote),
        make("label", { for: this.input.id, class: "unseen" }, say("picker.search")),
        this.input,
        this.count,
        make("div", { class: "picker-panes" }, this.list, this.detail),
        this.extras(),
        make(
          "div",
          { class: "dialog-buttons" },
          make("button", { type: "submit", class: "plain strong" }, data.words ?? say("picker.add")),
          make("button", { type: "button", class: "plain", onclick: () => this.dialog.close() }, say("cancel")),
        ),
      ),
    );
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      if (before?.isConnected) before.focus();
      this.resolve(this.taken ?? null);
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    document.body.append(this.dialog);
    this.look();
    this.dialog.showModal();
    this.input.focus();
  }

  extras() {
    const { treatment, implementer, implementers = [], plain } = this.data;
    if (plain) return null;
    const list = (pairs, value) => {
      const box = make(
        "select",
        {},
        pairs.map(([key, words]) => make("option", { value: key }, words)),
      );
      box.value = value ?? "";
      return box;
    };
    this.treatment = list(
      [["", say("treatment.none")], ...TREATMENTS.map((one) => [one, say(`treatment.${one}`)])],
      treatment,
    );
    this.implementer = list(
      [["", say("implementer.none")], ...implementers.map(({ id, name }) => [id, name])],
      implementer,
    );
    this.reason = make("input", { type: "text", maxlength: 2000 });
    const field = (words, control) => make("label", { class: "field" }, make("span", {}, words), control);
    return make(
      "div",
      { class: "fields" },
      field(say("passage.treatment"), this.treatment),
      field(say("passage.implementer"), this.implementer),
      field(say("passage.reason"), this.reason),
    );
  }

  look() {
    this.found = search(this.data.labels, this.input.value);
    this.count.textContent = say("picker.count", { count: this.found.length });
    this.list.replaceChildren(...this.found.map((label, index) => this.option(label, index)));
    this.move(0);
  }

  option(label, index) {
    const known = this.data.known?.includes(label.target);
    const press = () => this.move(index);
    return make(
      "li",
      {
        role: "option",
        id: `${this.id}-${index}`,
        onclick: press,
        ondblclick: () => this.dialog.querySelector("form").requestSubmit(),
      },
      make("span", { class: "number" }, numberOf(label.target)),
      make("span", { lang: this.data.language }, label.title),
      known && make("span", { class: "meta" }, say("picker.known")),
    );
  }

  move(to) {
    if (!this.found.length) return this.detail.replaceChildren(make("p", { class: "hint" }, say("picker.none")));
    this.list.children[this.at]?.setAttribute("aria-selected", "false");
    this.at = Math.max(0, Math.min(to, this.found.length - 1));
    const option = this.list.children[this.at];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
    const label = this.found[this.at];
    const jump = { codebook: (target) => ((this.input.value = numberOf(target)), this.look()) };
    const told = entry(label.target, { labels: this.data.labels, say, language: this.data.language }, jump);
    told.open = true;
    this.detail.replaceChildren(
      make("h3", { lang: this.data.language }, `${numberOf(label.target)} ${label.title}`),
      told,
    );
  }

  key(event) {
    if (event.key === "Escape") return (event.preventDefault(), this.dialog.close());
    const to = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, PageDown: this.at + 8, PageUp: this.at - 8 }[event.key];
    if (to === undefined) return null;
    event.preventDefault();
    return this.move(to);
  }

  take(event) {
    event.preventDefault();
    const label = this.found[this.at];
    if (!label) return;
    this.taken = { target: label.target };
    if (!this.data.plain)
      Object.assign(this.taken, {
        treatment: this.treatment.value,
        implementer: this.implementer.value,
        reason: this.reason.value.trim(),
      });
    this.dialog.close();
  }
}
