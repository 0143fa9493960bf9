"use strict";
// What every part uses: the data of the run, what the reader has chosen, names, and elements made of text.

const DATA = JSON.parse(document.getElementById("data").textContent);
const LANGUAGES = { en: "English", es: "Español", pt: "Português", fr: "Français" };
const PROGRAMME = DATA.programme; // its title, languages, and what its labels are called
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

const state = {
  language: PROGRAMME.language,
  view: "map",
  open: null, // {report, who, target}: numbers, or ALL
  marked: null, // id of the link that the address names
  reports: new Set(),
  targets: new Set(),
  rows: 100, // documents that the map shows
  page: 0, // which of them, where it has pages
  unmatched: false, // also show documents in which nothing passes the filters
  filters: {},
};

function title(label) {
  return label.title[state.language] || label.title[PROGRAMME.languages[0]];
}

// What one label of a level is called, or several of them, with a capital where a heading begins with it.
function called(level, count = 1) {
  return PROGRAMME.called[level][count === 1 ? 0 : 1];
}

function Called(level, count = 1) {
  const name = called(level, count);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

// The number of a label as a short mark: those of the lower level begin with a letter.
function mark(label) {
  return `${label.level === "activity" ? called("activity").charAt(0).toUpperCase() : ""}${label.number}`;
}

function fullTitle(label) {
  return `${Called(label.level)} ${label.number}: ${title(label)}`;
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

// A count short enough for a cell: 9,999 as it is, then 10k, 1.2M.
function rounded(count) {
  if (count < 10_000) return String(count);
  if (count < 1_000_000) return `${Math.floor(count / 1000)}k`;
  return `${Math.floor(count / 100_000) / 10}M`;
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
  return parts.join(", ") + (cell.documents ? ` in ${plural(cell.documents, "document", "documents")}` : "");
}

function rowName(report, who) {
  if (report === ALL) return allDocuments();
  const name = DOCUMENTS[report].title;
  return who === ALL ? name : `${whoName(who)}, in ${name}`;
}

// Direction marks that would let a text disguise itself are shown, not obeyed.
function shown(text) {
  return String(text).replace(
    /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/g,
    (mark) => `⟦U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`,
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

// A link as the page's data has it, by name.
function unpacked([report, who, target, review, probability, treatment, language, passage, more]) {
  return { report, who, target, review: review === 1, probability, treatment, language, passage, more };
}
