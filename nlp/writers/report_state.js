"use strict";
// What the page knows: the data of the run, what the reader has chosen, and the evidence that passes the filters.

const DATA = JSON.parse(document.getElementById("data").textContent);
const LANGUAGES = { en: "English", es: "Español", pt: "Português", fr: "Français" };
const TREATMENTS = {
  done: "carried out",
  planned: "planned",
  standing: "standing task",
  recommended: "recommended",
  mention: "only mentioned",
};
const ALL = -1; // stands for all reports, or all organisations of a report

const LABELS = DATA.labels.map((label, index) => {
  const [level, number] = label.target.split(":");
  return { ...label, index, level, number };
});
const OBJECTIVES = LABELS.filter((label) => label.level === "objective");
const ACTIVITIES = LABELS.filter((label) => label.level === "activity");

const LINKS = DATA.links.map(([report, who, target, review, probability, treatment, language, passage, more]) => ({
  report,
  who,
  target,
  review: review === 1,
  probability,
  treatment,
  language,
  passage,
  more,
}));

const state = {
  language: "en",
  view: "map",
  open: null, // {report, who, target}: numbers, or ALL
  marked: null, // id of the link that the address names
  reports: new Set(),
  targets: new Set(),
  rows: 100,
  unmatched: false, // also show documents in which nothing passes the filters
  filters: { lane: "", treatment: "", language: "", who: "", least: 0, words: "" },
};

function title(label) {
  return label.title[state.language] || label.title.en;
}

function fullTitle(label) {
  return `${label.level === "objective" ? "Objective" : "Activity"} ${label.number}: ${title(label)}`;
}

function whoName(number) {
  const entry = DATA.who[number];
  if (number === 0) return "No organisation named";
  if (!entry.names) return entry.name;
  const [acronym, name] = entry.names[state.language];
  return acronym && acronym !== name ? `${name} (${acronym})` : name;
}

function plural(count, one, many) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

// Lower case without accents, so that "proteccion" finds "Protección".
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function characters(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

function quoteOf(link) {
  return link.more ? characters(DATA.passages[link.passage].text, link.more.at[0], link.more.at[1]) : "";
}

function filtering() {
  const { lane, treatment, language, who, least, words } = state.filters;
  return Boolean(lane || treatment || language || who || least || words.trim());
}

function passes(link) {
  const { lane, treatment, language, who, least, words } = state.filters;
  if (lane && (lane === "review") !== link.review) return false;
  if (treatment && link.treatment !== treatment) return false;
  if (language && link.language !== language) return false;
  if (who !== "" && link.who !== Number(who)) return false;
  if (link.probability * 100 < least) return false;
  if (!words.trim()) return true;
  link.searchable ??= folded(quoteOf(link));
  return folded(words)
    .trim()
    .split(/\s+/)
    .every((word) => link.searchable.includes(word));
}

function gathered(links) {
  const cells = new Map();
  for (const link of links) {
    const places = [
      [link.report, link.who],
      [link.report, ALL],
      [ALL, ALL],
    ];
    for (const [report, who] of places) {
      const key = `${report}|${who}|${link.target}`;
      if (cells.has(key)) cells.get(key).push(link);
      else cells.set(key, [link]);
    }
  }
  return cells;
}

const evidenceOf = new Map(); // links by "report|organisation"
const byPassage = new Map();
for (const link of LINKS) {
  const key = `${link.report}|${link.who}`;
  evidenceOf.set(key, (evidenceOf.get(key) || 0) + 1);
  if (!byPassage.has(link.passage)) byPassage.set(link.passage, []);
  byPassage.get(link.passage).push(link);
}

const everything = gathered(LINKS);
let matching = everything;
let reportsMatching = new Set();

function refilter() {
  const kept = filtering() ? LINKS.filter(passes) : LINKS;
  matching = kept === LINKS ? everything : gathered(kept);
  reportsMatching = new Set(kept.map((link) => link.report));
  return kept.length;
}

function linksAt(report, who, target, cells = matching) {
  return cells.get(`${report}|${who}|${target}`) || [];
}

// Passages with a suggested link, and passages with nothing but links to review.
function tally(links) {
  const suggested = new Set(links.filter((link) => !link.review).map((link) => link.passage));
  const review = new Set(
    links.filter((link) => link.review && !suggested.has(link.passage)).map((link) => link.passage),
  );
  return { suggested: suggested.size, review: review.size };
}

function searchable(report) {
  if (report !== ALL) return DATA.documents[report].state !== "unread";
  return DATA.documents.some((document) => document.state !== "unread");
}

function cellAt(report, who, target) {
  const count = tally(linksAt(report, who, target));
  let kind = "none";
  if (count.suggested) kind = "suggested";
  else if (count.review) kind = "review";
  else if (linksAt(report, who, target, everything).length) kind = "filtered";
  else if (!searchable(report)) kind = "unread";
  return { kind, ...count };
}

const MEANING = {
  none: "searched, none found",
  unread: "not searchable, the document was not read",
  filtered: "evidence outside the filters",
};

function inWords(cell) {
  if (MEANING[cell.kind]) return MEANING[cell.kind];
  const parts = [];
  if (cell.suggested) parts.push(`${plural(cell.suggested, "passage", "passages")} suggested`);
  if (cell.review) parts.push(`${plural(cell.review, "passage", "passages")} to review`);
  return parts.join(", ");
}

function rowName(report, who) {
  if (report === ALL) return "All documents";
  const name = DATA.documents[report].title;
  return who === ALL ? name : `${whoName(who)}, in ${name}`;
}

// Direction marks that would let a text disguise itself are shown, not obeyed.
function shown(text) {
  return String(text).replace(
    /[\u202A-\u202E\u2066-\u2069]/g,
    (mark) => `⟦U+${mark.charCodeAt(0).toString(16).toUpperCase()}⟧`,
  );
}

// An element; text always goes in as text.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick") element.addEventListener("click", value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : shown(child));
  }
  return element;
}

function byId(id) {
  return document.getElementById(id);
}
