// The evidence of a whole run, link by link, and what of it passes the filters. (A large run has report_counts.js.)

const DOCUMENTS = DATA.documents;
const NO_FILTERS = { lane: "", treatment: "", language: "", who: "", least: 0, words: "" };
state.filters = { ...NO_FILTERS };

const LINKS = DATA.links.map(unpacked);

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
  if (report !== ALL) return DOCUMENTS[report].state !== "unread";
  return DOCUMENTS.some((document) => document.state !== "unread");
}

function cellAt(report, who, target) {
  const count = tally(linksAt(report, who, target));
  let kind = "none";
  if (count.suggested) kind = "suggested";
  else if (count.review) kind = "review";
  else if (totalAt(report, who, target)) kind = "filtered";
  else if (!searchable(report)) kind = "unread";
  return { kind, ...count };
}

// Links of a cell that pass the filters, and those that it has without them.
function countAt(report, who, target) {
  return linksAt(report, who, target).length;
}

function totalAt(report, who, target) {
  return linksAt(report, who, target, everything).length;
}

// What all documents have for a target, whatever the filters.
function reachOf(target) {
  return tally(linksAt(ALL, ALL, target, everything));
}

function reportsWith(target) {
  return DOCUMENTS.map((_, report) => report).filter((report) => linksAt(report, ALL, target).length);
}

function reportCount(target) {
  return reportsWith(target).length;
}

function alsoOf(link) {
  return byPassage.get(link.passage).filter((other) => other.target !== link.target);
}

// Organisations of a report, those with most evidence first; evidence without an organisation comes last.
function organisations(report) {
  const weight = (who) => evidenceOf.get(`${report}|${who}`) || 0;
  const ranked = DOCUMENTS[report].who.map(([who]) => who).sort((a, b) => weight(b) - weight(a) || a - b);
  return weight(0) ? [...ranked, 0] : ranked;
}

function allDocuments() {
  return "All documents";
}

function allMeta() {
  return `${plural(DATA.counts.whole + DATA.counts.partial, "document", "documents")} searched`;
}

function aboveMap() {
  return null;
}

// While filters are on, only documents with matching evidence, unless the reader wants all.
function matchingDocuments() {
  const all = DOCUMENTS.map((_, report) => report);
  if (!filtering() || state.unmatched) return all;
  return all.filter((report) => reportsMatching.has(report) || report === state.open?.report);
}

function rowsOf(wanted) {
  return wanted.slice(0, state.rows);
}

function showRow(report) {
  if (report >= state.rows) state.rows = report + 1;
}

function belowMap(wanted) {
  return [moreRows(wanted.length - state.rows), unmatched(wanted.length)];
}

function moreRows(hidden) {
  if (hidden <= 0) return null;
  const show = () => {
    state.rows += 200;
    drawMap();
  };
  return make(
    "p",
    {},
    make(
      "button",
      { type: "button", class: "plain-button", onclick: show },
      `Show more documents (${hidden} not shown)`,
    ),
  );
}

function unmatched(matched) {
  const hidden = DOCUMENTS.length - matched;
  if (!filtering() || (!hidden && !state.unmatched)) return null;
  const toggle = () => {
    state.unmatched = !state.unmatched;
    drawMap();
  };
  const text = state.unmatched
    ? "Hide documents without a match"
    : `${plural(hidden, "document", "documents")} without a match: show`;
  return make("p", {}, make("button", { type: "button", class: "plain-button", onclick: toggle }, text));
}

// Every quote is on the page.
function leftOut() {
  return null;
}
