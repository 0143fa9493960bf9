// A passage with what is suggested for it. Knows no server and imports nothing: data and callbacks come in, elements go
// out, so that the desk and a notebook show the same. All offsets are Unicode code points of the canonical text.

export const HOLDS = new Set(["confirmed", "corrected"]);
export const OPEN = new Set(["suggested", "unsure", "postponed"]);
export const NOTHING = "any:0"; // target of the mark that a passage was read whole and nothing is in it
export const TREATMENTS = ["done", "planned", "standing", "recommended", "mention"];
const SIGNS = { confirmed: "✓", corrected: "✎", rejected: "✕", unsure: "?", postponed: "↷" };
const ATTACHED = "evmap"; // who gives decisions their place in a text that was read anew
export const LEAST_DROP = 0.02; // of the probability; less says nothing
const HIDDEN = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;

// An element; text always goes in as text, never as markup.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : visible(String(child)));
  }
  return element;
}

// Marks that turn the direction of text, or hide in it, are shown, not obeyed.
export function visible(text) {
  return HIDDEN.test(text) ? Array.from(text, (one) => (HIDDEN.test(one) ? codeOf(one) : one)).join("") : text;
}

export function codeOf(mark) {
  return `⟦U+${mark.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`;
}

// Text whose characters are counted as Python counts them.
export class Characters {
  constructor(text) {
    this.text = text;
    this.plain = !/[\ud800-\udfff]/.test(text); // then both ways of counting agree
    this.units = this.plain ? null : unitsOf(text);
    this.length = this.plain ? text.length : this.units.length - 1;
  }

  slice(start, end = this.length) {
    if (this.plain) return this.text.slice(start, end);
    const within = (at) => this.units[Math.max(0, Math.min(at, this.length))];
    return this.text.slice(within(start), within(end));
  }
}

function unitsOf(text) {
  const units = new Uint32Array(text.length + 1);
  let count = 0;
  for (let at = 0; at < text.length; at += text.codePointAt(at) > 0xffff ? 2 : 1) units[count++] = at;
  units[count] = text.length;
  return units.subarray(0, count + 1);
}

// Cut [start, end) where any of the spans begins or ends; each piece with the spans that cover it.
export function pieces(start, end, spans) {
  const cuts = new Set([start, end]);
  for (const span of spans) for (const at of [span.start, span.end]) if (at > start && at < end) cuts.add(at);
  const ordered = [...cuts].sort((a, b) => a - b);
  return ordered.slice(1).map((last, index) => {
    const first = ordered[index];
    return { start: first, end: last, over: spans.filter((span) => span.start <= first && last <= span.end) };
  });
}

// A run of text that knows its offset. Hidden marks stand for themselves in elements of their own.
export function run(text, start, attributes = {}, tag = "span") {
  if (!HIDDEN.test(text)) return make(tag, { ...attributes, data: { start } }, text);
  const box = make(tag, attributes);
  let at = start;
  for (const part of text.split(/([\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069])/u)) {
    const hidden = HIDDEN.test(part);
    const data = hidden ? { start: at, whole: 1 } : { start: at };
    if (part) box.append(make("span", { data, class: hidden ? "hidden-mark" : null }, hidden ? codeOf(part) : part));
    at += Array.from(part).length;
  }
  return box;
}

export function kindOf(item) {
  return item.state === "suggested" && item.lane === "review" ? "review" : item.state;
}

export function signOf(item) {
  return SIGNS[item.state] ?? (item.lane === "review" ? "○" : "●");
}

export function numberOf(target) {
  const [level, number] = target.split(":");
  return level === "activity" ? `A${number}` : number;
}

export function percent(probability) {
  if (probability === null || probability === undefined) return "";
  const share = Math.round(probability * 100);
  return share >= 100 ? "> 99 %" : share < 1 ? "< 1 %" : `${share} %`;
}

const LANES = { suggested: 0, review: 1 };

// Objectives first, surest first; under each the activities that serve it and stand in the same passage.
export function ordered(items, labels) {
  const surer = (a, b) => (LANES[a.lane] ?? 0) - (LANES[b.lane] ?? 0) || (b.probability ?? 1) - (a.probability ?? 1);
  const isActivity = (item) => item.target.startsWith("activity:");
  const objectives = items.filter((item) => !isActivity(item)).sort(surer);
  const left = new Set(items.filter(isActivity).sort(surer));
  const groups = objectives.map((head) => {
    const kids = [...left].filter((item) => labels[item.target]?.parents?.includes(head.target));
    for (const kid of kids) left.delete(kid);
    return { head, kids };
  });
  return [...groups, ...[...left].map((head) => ({ head, kids: [] }))];
}

// The passage's text: the quote of the current item marked, the sentences that carried it underlined.
function textOf({ characters, passage, items, current, draft }) {
  const item = items.find((one) => one.item_id === current);
  const quote = draft ?? (item?.place === "orphaned" ? null : item); // an orphan's offsets are those of another text
  const spans = quote ? [{ start: quote.start, end: quote.end, quote: true }] : [];
  for (const one of item?.why?.sentences ?? []) if (one.drop >= LEAST_DROP) spans.push({ ...one, carrying: true });
  const parts = pieces(passage.start, passage.end, spans).map(({ start, end, over }) => {
    const marked = over.some((span) => span.quote);
    const carrying = over.some((span) => span.carrying);
    const text = characters.slice(start, end);
    return run(text, start, { class: carrying ? "carrying" : null }, marked ? "mark" : "span");
  });
  return make("blockquote", { class: "passage-text", lang: passage.language, dir: "auto" }, parts);
}

function title(labels, target, language) {
  return make("span", { class: "label-title", lang: language }, labels[target]?.title ?? "");
}

// One suggestion on one line; the one that is looked at unfolds below.
function headOf(item, data, on) {
  const { labels, say, language, current } = data;
  const state = say(`state.${kindOf(item)}`);
  const name = [
    make("span", { class: `sign ${kindOf(item)}`, "aria-hidden": "true" }, signOf(item)),
    make("span", { class: "number" }, numberOf(item.target)),
    title(labels, item.target, language),
    make("span", { class: "unseen" }, `, ${state}, ${percent(item.probability)}`),
  ];
  const chosen = item.item_id === current;
  const press = () => on.select?.(item.item_id);
  const button = make(
    "button",
    {
      type: "button",
      class: "claim-name",
      "aria-expanded": String(chosen),
      onclick: press,
      data: { item: item.item_id },
    },
    name,
  );
  const chance =
    item.probability !== null &&
    make(
      "span",
      { class: "chance", "aria-hidden": "true", title: say("passage.calibrated") },
      percent(item.probability),
    );
  const quick =
    OPEN.has(item.state) && !data.readonly && !chosen
      ? [
          make(
            "button",
            {
              type: "button",
              class: "quick yes",
              "aria-label": say("do.confirm.this", { label: numberOf(item.target) }),
              onclick: () => on.decide(item, "confirm"),
            },
            "✓",
          ),
          make(
            "button",
            {
              type: "button",
              class: "quick no",
              "aria-label": say("do.reject.this", { label: numberOf(item.target) }),
              onclick: () => on.decide(item, "reject"),
            },
            "✕",
          ),
        ]
      : [];
  return make("div", { class: "claim-head" }, button, chance, quick);
}

function field(words, control) {
  return make("label", { class: "field" }, make("span", {}, words), control);
}

function choice(value, options, onchange, data = {}) {
  const known = options.some(([key]) => key === (value ?? ""));
  const all = known ? options : [...options, [value, value]];
  const list = make(
    "select",
    { data, onchange: (event) => onchange(event.target.value) },
    all.map(([key, words]) => make("option", { value: key }, words)),
  );
  list.value = value ?? "";
  return list;
}

// Of what holds a change is kept at once; of a suggestion it is a draft that goes along when she confirms.
function fields(item, { say, implementers, readonly }, on) {
  const change = (what) => (value) => HOLDS.has(item.state) && on.decide(item, "correct", { [what]: value });
  const treatments = [["", say("treatment.none")], ...TREATMENTS.map((one) => [one, say(`treatment.${one}`)])];
  const bodies = [["", say("implementer.none")], ...(implementers ?? []).map(({ id, name }) => [id, name])];
  const rows = [
    field(say("passage.treatment"), choice(item.treatment, treatments, change("treatment"), { field: "treatment" })),
    field(
      say("passage.implementer"),
      choice(item.implementer, bodies, change("implementer"), { field: "implementer" }),
    ),
  ];
  const box = make("div", { class: "fields" }, rows);
  if (readonly) for (const control of box.querySelectorAll("select")) control.disabled = true;
  return box;
}

const ACTIONS = [
  ["confirm", "a"],
  ["reject", "x"],
  ["unsure", "u"],
  ["postpone", "l"],
];

// What was typed and chosen for the current claim and differs from the item: reason, treatment, implementer.
export function draftIn(place, item) {
  const body = place.querySelector(`[data-claim="${item.item_id}"] > .claim-body`);
  const changes = {};
  const value = (selector) => body?.querySelector(selector)?.value;
  for (const name of ["treatment", "implementer"]) {
    const chosen = value(`[data-field="${name}"]`);
    if (chosen !== undefined && chosen !== (item[name] ?? "")) changes[name] = chosen;
  }
  const reason = value(".note textarea")?.trim();
  if (reason !== undefined && reason !== (item.reason ?? "")) changes.reason = reason;
  return changes;
}

// Put back what was typed, after the claim was drawn anew.
export function redraft(place, item, changes) {
  const body = place.querySelector(`[data-claim="${item.item_id}"] > .claim-body`);
  for (const [name, value] of Object.entries(changes)) {
    const control = body?.querySelector(name === "reason" ? ".note textarea" : `[data-field="${name}"]`);
    if (control) control.value = value;
    if (control && name === "reason") control.closest("details").open = true;
  }
}

function buttons(item, { say }, on) {
  const button = (action, key) =>
    make(
      "button",
      { type: "button", class: `act ${action}`, "aria-keyshortcuts": key, onclick: () => on.decide(item, action) },
      say(`do.${action}`),
      make("kbd", { "aria-hidden": "true" }, key),
    );
  const done = !OPEN.has(item.state) && button("reopen", "o");
  return make(
    "div",
    { class: "acts" },
    ACTIONS.filter(
      ([action]) =>
        !(action === "confirm" && HOLDS.has(item.state)) && !(action === "reject" && item.state === "rejected"),
    ).map((pair) => button(...pair)),
    done,
  );
}

// An example shows its beginning; opened, all of it.
function example(one) {
  const text = make("bdi", { class: "short" }, one.text);
  return make(
    "details",
    { class: "example" },
    make("summary", {}, make("span", { class: "points" }, one.similarity.toFixed(2)), text),
    make("span", { class: "meta" }, one.id),
  );
}

// Why: what the probability rests on, said in words.
export function why(item, { say, characters }) {
  const { sentences = [], terms = [], examples = [] } = item.why ?? {};
  const points = (drop) =>
    make(
      "span",
      { class: "points" },
      say("why.points", { count: `${drop > 0 ? "−" : "+"}${Math.abs(Math.round(drop * 100))}` }),
    );
  const told = (list, row) =>
    make(
      "ul",
      {},
      list.map((one) => make("li", {}, row(one))),
    );
  const rows = [];
  const carrying = sentences.filter((one) => Math.abs(one.drop) >= LEAST_DROP);
  if (carrying.length)
    rows.push(
      make("h3", {}, say("why.sentences")),
      told(carrying, (one) => [
        points(one.drop),
        " ",
        make("bdi", { class: "short" }, characters ? characters.slice(one.start, one.end) : ""),
      ]),
    );
  if (terms.length)
    rows.push(
      make("h3", {}, say("why.terms")),
      make(
        "p",
        {},
        terms.map((term) => [make("span", { class: "term" }, term), " "]),
      ),
    );
  if (examples.length) rows.push(make("h3", {}, say("why.examples")), told(examples, example));
  return rows.length
    ? make("details", { class: "why", open: true }, make("summary", {}, say("why.title")), rows)
    : null;
}

// The codebook's entry, short: what counts, what does not, and with what it is easily confused.
export function entry(target, { labels, say, language }, on = {}) {
  const label = labels[target];
  if (!label) return null;
  const like = (one) =>
    make(
      "li",
      {},
      make(
        "button",
        { type: "button", class: "link", onclick: () => on.codebook?.(one.target) },
        `${numberOf(one.target)} ${labels[one.target]?.title ?? ""}`,
      ),
      " ",
      make("span", { class: "meta", lang: "en" }, one.rule),
    );
  return make(
    "details",
    { class: "entry" },
    make("summary", {}, say("codebook.at_hand"), make("kbd", { "aria-hidden": "true" }, "c")),
    make("h3", {}, say("codebook.counts")),
    make("p", { lang: language }, label.counts),
    make("h3", {}, say("codebook.excludes")),
    make("p", { lang: language }, label.excludes),
    label.confused_with?.length
      ? [make("h3", {}, say("codebook.confused")), make("ul", {}, label.confused_with.map(like))]
      : null,
  );
}

function bodyOf(item, data, on) {
  const { say, readonly } = data;
  const note = make(
    "details",
    { class: "note", open: Boolean(item.reason) },
    make("summary", {}, say("passage.reason"), make("kbd", { "aria-hidden": "true" }, "e")),
    make("textarea", { rows: 2, "aria-label": say("passage.reason"), value: item.reason ?? "", maxlength: 2000 }),
  );
  const said =
    item.who &&
    item.state !== "suggested" &&
    make(
      "p",
      { class: "meta said" },
      say(item.who === ATTACHED ? "passage.attached" : "passage.decided_by", {
        who: item.who,
        state: say(`state.${kindOf(item)}`),
        at: data.when?.(item.at) ?? item.at ?? "",
      }),
    );
  const lane = item.lane && make("span", { class: `lane ${item.lane}` }, say(`lane.${item.lane}`));
  const sure =
    item.probability !== null &&
    make("span", { class: "meta" }, say("passage.probability", { percent: percent(item.probability) }));
  const place = item.place !== "exact" && item.place && make("p", { class: "notice" }, say(`place.${item.place}`));
  const old =
    item.place === "orphaned" &&
    make(
      "blockquote",
      { class: "old-quote", dir: "auto", "aria-label": say("place.old_quote") },
      item.prefix && make("span", { class: "meta" }, `…${item.prefix}`),
      make("mark", {}, item.quote),
      item.suffix && make("span", { class: "meta" }, `${item.suffix}…`),
    );
  return make(
    "div",
    { class: "claim-body" },
    make("p", { class: "sure" }, lane, sure),
    place,
    old,
    said,
    readonly ? null : buttons(item, data, on),
    fields(item, data, on),
    readonly ? null : [note, on.tools?.(item)],
    why(item, data),
    entry(item.target, data, on),
  );
}

// A claim: this quote is evidence for this target.
export function claim(item, data, on) {
  const chosen = item.item_id === data.current;
  return make(
    "li",
    {
      class: `claim ${kindOf(item)}${chosen ? " current" : ""}`,
      data: { claim: item.item_id },
      "aria-current": chosen ? "true" : null,
    },
    headOf(item, data, on),
    chosen && bodyOf(item, data, on),
  );
}

function list(groups, data, on) {
  const row = ({ head, kids }) => {
    const box = claim(head, data, on);
    if (kids.length)
      box.append(
        make(
          "ol",
          { class: "claims kids" },
          kids.map((kid) => claim(kid, data, on)),
        ),
      );
    return box;
  };
  return make("ol", { class: "claims" }, groups.map(row));
}

// Shown at once: what is sure enough, what somebody decided, and the one that is looked at; the rest folds away.
function atOnce({ head, kids }, current) {
  return [head, ...kids].some(
    (item) => item.lane !== "review" || item.state !== "suggested" || item.item_id === current,
  );
}

/**
 * A passage and its claims.
 *
 * data: {characters: Characters, passage: row of passages.jsonl, items: [Item], labels: {target: entry}, current: id or
 * null, draft: {start, end} or null, implementers: [{id, name}], say(key, values), language, readonly, all, when(at)}.
 * on: {select(id), decide(item, action, changes), codebook(target), unfold(open), tools(item) -> element or null}.
 */
export function passageView(data, on) {
  const { say, items } = data;
  const groups = ordered(items, data.labels);
  const first = groups.filter((group) => atOnce(group, data.current));
  const rest = groups.filter((group) => !first.includes(group));
  const folded =
    rest.length > 0 &&
    make(
      "details",
      { class: "rest", open: data.all || first.length === 0, ontoggle: (event) => on.unfold?.(event.target.open) },
      make(
        "summary",
        {},
        say("passage.to_review", { count: rest.reduce((sum, group) => sum + 1 + group.kids.length, 0) }),
      ),
      list(rest, data, on),
    );
  return make(
    "div",
    { class: "passage-view" },
    textOf(data),
    first.length ? list(first, data, on) : null,
    folded,
    items.length ? null : make("p", { class: "hint" }, say("passage.nothing")),
  );
}
