// The evidence of a large run: counts of every cell, the strongest quotes, pages of documents. (Else report_links.js.)

const DOCUMENTS = DATA.documents.map((row) => {
  const document_ = Object.fromEntries(DATA.columns.map((name, index) => [name, row[index]]));
  return { ...document_, who: [] };
});
const NO_FILTERS = { lane: "", words: "", target: "", kind: "", language: "", state: "" };
state.filters = { ...NO_FILTERS };
const PAGE = 50; // documents of a page of the map

const QUOTES = DATA.links.map(unpacked);
const quotesAt = new Map(); // by "report|target", and by "ALL|target"
for (const quote of QUOTES) {
  for (const report of [quote.report, ALL]) {
    const key = `${report}|${quote.target}`;
    if (quotesAt.has(key)) quotesAt.get(key).push(quote);
    else quotesAt.set(key, [quote]);
  }
}

const EVERY_TOTAL = DATA.totals.map(([strong, weak, suggested, review]) => ({ strong, weak, suggested, review }));
const EVERY_REPORT = DOCUMENTS.map((_, report) => report);
let totals = EVERY_TOTAL;
let wantedReports = EVERY_REPORT;
let wantedSet = null; // the same as a set, while filters are on

// Calls back with target, suggested links and links to review of each cell of a document that has any.
function eachCell(report, act) {
  const { cells } = DOCUMENTS[report];
  for (let place = 0; place < cells.length; place += 3) act(cells[place], cells[place + 1], cells[place + 2]);
}

const NOTHING = { suggested: 0, review: 0 };

function allLinks(report, target, whole = EVERY_TOTAL) {
  if (report === ALL) return whole[target];
  const { cells } = DOCUMENTS[report];
  for (let place = 0; place < cells.length; place += 3)
    if (cells[place] === target) return { suggested: cells[place + 1], review: cells[place + 2] };
  return NOTHING;
}

function inLane({ suggested, review }) {
  const { lane } = state.filters;
  return { suggested: lane === "review" ? 0 : suggested, review: lane === "suggested" ? 0 : review };
}

function filtering() {
  return Object.values(state.filters).some((value) => value.trim());
}

function passes(report, words) {
  const { target, kind, language, state: reading } = state.filters;
  const document_ = DOCUMENTS[report];
  if (kind && document_.kind !== kind) return false;
  if (language && document_.language !== language) return false;
  if (reading && document_.state !== reading) return false;
  if (target !== "" || state.filters.lane) {
    let found = false;
    eachCell(report, (at, suggested, review) => {
      const cell = inLane({ suggested, review });
      found ||= (target === "" || at === Number(target)) && cell.suggested + cell.review > 0;
    });
    if (!found) return false;
  }
  if (!words.length) return true;
  document_.searchable ??= folded(`${document_.title} ${document_.symbol} ${document_.file}`);
  return words.every((word) => document_.searchable.includes(word));
}

function refilter() {
  const words = folded(state.filters.words).split(/\s+/).filter(Boolean);
  const kept = filtering() ? EVERY_REPORT.filter((report) => passes(report, words)) : EVERY_REPORT;
  wantedSet = kept === EVERY_REPORT ? null : new Set(kept);
  totals = wantedSet ? summed(kept) : EVERY_TOTAL;
  wantedReports = ordered(kept);
  state.page = 0;
  return kept.length;
}

function summed(reports) {
  const sums = LABELS.map(() => ({ strong: 0, weak: 0, suggested: 0, review: 0 }));
  for (const report of reports)
    eachCell(report, (target, suggested, review) => {
      const sum = sums[target];
      if (suggested) sum.strong += 1;
      else sum.weak += 1;
      sum.suggested += suggested;
      sum.review += review;
    });
  return sums;
}

const ORDERS = {
  title: ["kind and title", null],
  links: ["most suggested links", weight],
  reached: ["most objectives reached", reached],
  date: ["newest", ({ date }) => Number(date.replaceAll("-", "").slice(0, 8).padEnd(8, "0")) || 0],
};

// Suggested links of a document, of the target that is filtered for or of all; links to review decide among equals.
function weight({ cells }) {
  const { target } = state.filters;
  let sum = 0;
  for (let place = 0; place < cells.length; place += 3)
    if (target === "" || cells[place] === Number(target)) sum += cells[place + 1] + cells[place + 2] / 1e6;
  return sum;
}

function reached({ cells }) {
  let sum = 0;
  for (let place = 0; place < cells.length; place += 3)
    if (cells[place + 1] && LABELS[cells[place]].level === "objective") sum += 1;
  return sum;
}

function ordered(reports, measure = ORDERS[state.order ?? "title"][1]) {
  if (!measure) return reports;
  const value = new Map(reports.map((report) => [report, measure(DOCUMENTS[report])]));
  return [...reports].sort((a, b) => value.get(b) - value.get(a) || a - b);
}

function linksAt(report, _, target) {
  const { lane } = state.filters;
  return (quotesAt.get(`${report}|${target}`) || []).filter(
    (quote) =>
      (!lane || quote.review === (lane === "review")) &&
      (report !== ALL || wantedSet === null || wantedSet.has(quote.report)),
  );
}

function countAt(report, _, target) {
  const { suggested, review } = inLane(allLinks(report, target, totals));
  return suggested + review;
}

function totalAt(report, _, target) {
  const { suggested, review } = allLinks(report, target);
  return suggested + review;
}

function reachOf(target) {
  return EVERY_TOTAL[target];
}

function cellAt(report, who, target) {
  const cell = inLane(allLinks(report, target, totals));
  if (report === ALL) cell.documents = reportCount(target);
  let kind = "none";
  if (cell.suggested) kind = "suggested";
  else if (cell.review) kind = "review";
  else if (totalAt(report, who, target)) kind = "filtered";
  else if (report === ALL ? !(DATA.counts.whole + DATA.counts.partial) : DOCUMENTS[report].state === "unread")
    kind = "unread";
  return { kind, ...cell };
}

// Documents with links for a target. With the lane "review" only those listed can say whether they have any.
function reportCount(target) {
  const { lane } = state.filters;
  if (lane === "review") return reportsWith(target).length;
  return totals[target].strong + (lane ? 0 : totals[target].weak);
}

function reportsWith(target) {
  const found = wantedReports.filter((report) => countAt(report, ALL, target));
  const strength = new Map(found.map((report) => [report, allLinks(report, target)]));
  const [of, more] = [(report) => strength.get(report).suggested, (report) => strength.get(report).review];
  return found.sort((a, b) => of(b) - of(a) || more(b) - more(a) || a - b);
}

function alsoOf(link) {
  return DATA.passages[link.passage].also
    .filter(([target]) => target !== link.target)
    .map(([target, review]) => ({ target, review: review === 1 }));
}

function organisations() {
  return [];
}

function allDocuments() {
  return filtering() ? "Documents that match" : "All documents";
}

function allMeta() {
  const every = DATA.counts.whole + DATA.counts.partial + DATA.counts.unread;
  return filtering()
    ? `${wantedReports.length.toLocaleString("en")} of ${plural(every, "document", "documents")}`
    : `${plural(DATA.counts.whole + DATA.counts.partial, "document", "documents")} searched`;
}

function matchingDocuments() {
  return wantedReports;
}

function rowsOf(wanted) {
  return wanted.slice(state.page * PAGE, (state.page + 1) * PAGE);
}

function showRow(report) {
  const place = wantedReports.indexOf(report);
  if (place >= 0) state.page = Math.floor(place / PAGE);
}

function aboveMap(wanted) {
  const pages = Math.max(1, Math.ceil(wanted.length / PAGE));
  const go = (page, from) => {
    state.page = Math.min(Math.max(page, 0), pages - 1);
    drawMap();
    const same = byId("map").querySelector(`[data-page="${from}"]`);
    (same.disabled ? byId("page-number") : same).focus();
    byId("said").textContent = byId("map").querySelector(".pager-now").textContent;
  };
  const step = (name, text, page) =>
    make(
      "button",
      {
        type: "button",
        class: "plain-button",
        disabled: page === state.page || page < 0 || page >= pages,
        "aria-label": `${name} page`,
        onclick: () => go(page, name),
        data: { page: name },
      },
      text,
    );
  const number = make("input", {
    id: "page-number",
    type: "number",
    min: 1,
    max: pages,
    value: state.page + 1,
    "aria-label": "Page",
    data: { page: "number" },
  });
  number.addEventListener("change", () => go((Number.parseInt(number.value, 10) || 1) - 1, "number"));
  const [first, last] = [state.page * PAGE + 1, Math.min((state.page + 1) * PAGE, wanted.length)];
  const now = wanted.length
    ? `Documents ${first.toLocaleString("en")}–${last.toLocaleString("en")} of ${wanted.length.toLocaleString("en")}`
    : "No document matches";
  return make(
    "nav",
    { class: "pager", "aria-label": "Pages of the map" },
    make("span", { class: "pager-now" }, now),
    make(
      "span",
      { class: "pager-steps" },
      step("First", "«", 0),
      step("Previous", "‹ Previous", state.page - 1),
      number,
      make("span", {}, `of ${pages.toLocaleString("en")}`),
      step("Next", "Next ›", state.page + 1),
      step("Last", "»", pages - 1),
    ),
  );
}

function belowMap() {
  return null;
}

// What the panel does not show: quotes that are not on the page, with where they stand; and the documents of a target.
function leftOut(links) {
  const { report, target } = state.open;
  const [shown_, every] = [links.length, countAt(report, ALL, target)];
  const parts = [];
  if (shown_ < every) {
    const { id } = report === ALL ? {} : DOCUMENTS[report];
    const where = [`target ${LABELS[target].target}`];
    if (id && !id.startsWith("input:")) where.push(`document_id ${id.slice(0, 16)}…`);
    parts.push(
      make(
        "p",
        { class: "notice left-out" },
        `${shown_.toLocaleString("en")} of ${plural(every, "quote", "quotes")} on this page, the strongest. The others stand in links.jsonl: ${where.join(", ")}.`,
      ),
    );
  }
  if (report === ALL) parts.push(documentsHere(target));
  return make("div", {}, parts);
}

function documentsHere(target) {
  const found = reportsWith(target);
  const line = (report) =>
    listLine(
      report,
      target,
      make("bdi", {}, DOCUMENTS[report].title),
      make("span", { class: "unseen" }, `, ${inWords(cellAt(report, ALL, target))}`),
    );
  const every = reportCount(target);
  const unlisted = every > found.length ? `, ${found.length.toLocaleString("en")} of them listed on this page` : "";
  return make(
    "section",
    { class: "kids documents-here" },
    make("h3", {}, `${plural(every, "document", "documents")} with evidence, the strongest first${unlisted}`),
    make("ul", {}, found.slice(0, reportsShown).map(line), moreReports(found.length, drawPanel)),
  );
}
