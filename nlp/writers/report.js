// Wiring: tools, address, keys, focus. Everything starts at the end of this file.

const narrow = matchMedia("(max-width: 760px)");

// The address after # names the open cell by ids, so that it survives a new rendering of the same run.
function address({ report, who, target, quote }) {
  const words = new URLSearchParams();
  if (report !== ALL) words.set("document", documentKey(report));
  if (who !== ALL) words.set("organisation", DATA.who[who].key || "-");
  words.set("target", LABELS[target].target);
  if (quote) words.set("quote", quote);
  return `#${words}`;
}

function documentKey(report) {
  const { id } = DATA.documents[report];
  return id.startsWith("input:") ? id : id.slice(0, 16);
}

function fromAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  const target = LABELS.findIndex((label) => label.target === words.get("target"));
  if (target < 0) return { open: null, marked: null };
  const wanted = words.get("document");
  const report = wanted === null ? ALL : DATA.documents.findIndex((_, index) => documentKey(index) === wanted);
  if (wanted !== null && report < 0) return { open: null, marked: null };
  const name = words.get("organisation");
  const who = name === null ? ALL : Math.max(0, DATA.who.findIndex((entry) => entry.key === (name === "-" ? "" : name)));
  return { open: { report, who, target }, marked: words.get("quote") };
}

function openCell(cell) {
  const next = address(cell);
  if (next === location.hash) followAddress();
  else location.hash = next;
}

function closeCell() {
  const last = state.open;
  location.hash = "#map";
  followAddress();
  if (last) focusOn(cellSelector(last));
}

function followAddress() {
  const { open, marked } = fromAddress();
  Object.assign(state, { open, marked });
  quotesShown = FIRST_QUOTES;
  if (open && open.who !== ALL) state.reports.add(open.report);
  if (open && open.report >= state.rows) state.rows = open.report + 1;
  drawMap();
  drawPanel();
  if (!open) return;
  byId("panel").scrollTop = 0;
  byId("panel-title").focus({ preventScroll: true });
  const card = marked && byId(`link-${marked}`);
  if (card) card.scrollIntoView({ block: "center" });
  const cell = byId("map").querySelector(cellSelector(open));
  if (cell && !narrow.matches) cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  byId("said").textContent = `${fullTitle(LABELS[open.target])}. ${rowName(open.report, open.who)}: ${inWords(cellAt(open.report, open.who, open.target))}`;
}

function cellSelector({ report, who, target }) {
  return `[data-report="${report}"][data-who="${who}"][data-target="${target}"]`;
}

function setModal() {
  const full = Boolean(state.open) && narrow.matches;
  byId("page").inert = full;
  byId("panel").setAttribute("aria-modal", String(full));
}

function focusOn(selector) {
  const element = byId("map").querySelector(selector) || byId("map");
  setStop(element);
  element.focus();
}

// One cell of the grid takes part in tabbing; arrow keys move within.
function setStop(element) {
  for (const other of byId("map").querySelectorAll('table [tabindex="0"]')) other.tabIndex = -1;
  if (element.closest("table")) element.tabIndex = 0;
}

function firstStop() {
  const table = byId("map").querySelector("table");
  if (!table || table.querySelector('[tabindex="0"]')) return;
  const start = table.querySelector('[aria-current="true"]') || table.querySelector("tbody td button") || table.querySelector("button");
  if (start) start.tabIndex = 0;
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -999], End: [0, 999] };

function moveFocus(event) {
  const step = STEPS[event.key];
  const place = event.target.closest?.("#map td, #map th");
  if (!step || !place || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...place.closest("table").rows];
  let row = rows.indexOf(place.parentElement);
  let column = place.cellIndex;
  for (let tries = 0; tries < 200; tries += 1) {
    row += step[0];
    column = Math.min(Math.max(column + step[1], 0), place.parentElement.cells.length - 1);
    const next = rows[row]?.cells[column]?.querySelector("button");
    if (next) { setStop(next); next.focus(); event.preventDefault(); return; }
    if (!rows[row] || Math.abs(step[1]) > 1 || column === 0 && step[1] < 0 || column === place.parentElement.cells.length - 1 && step[1] > 0) return;
  }
}

function drawTools() {
  const counted = (field) => [...new Set(LINKS.map((link) => link[field]).filter((value) => value !== ""))];
  const select = (name, label, options) => {
    const box = make("select", { id: `by-${name}` }, make("option", { value: "" }, "all"), options.map(([value, text]) => make("option", { value }, text)));
    box.addEventListener("change", () => setFilter(name, box.value));
    return make("label", {}, make("span", {}, label), box);
  };
  const words = make("input", { type: "search", id: "by-words", placeholder: "words in the quotes", autocomplete: "off" });
  words.addEventListener("input", () => setFilter("words", words.value));
  const least = make("input", { type: "range", id: "by-least", min: 0, max: 100, step: 5, value: 0 });
  const reading = make("output", { for: "by-least" }, "0 %");
  least.addEventListener("input", () => { reading.textContent = `${least.value} %`; setFilter("least", Number(least.value)); });
  const view = (name, text) => make("button", { type: "button", "aria-pressed": String(state.view === name), data: { view: name }, onclick: () => setView(name) }, text);
  const people = counted("who").sort((a, b) => whoName(a).localeCompare(whoName(b)));
  byId("tools").replaceChildren(
    make("div", { class: "tool-row" },
      make("div", { class: "views", role: "group", "aria-label": "View" }, view("map", "Map"), view("list", "List by objective")),
      make("button", { type: "button", class: "plain-button toggle-filters", "aria-expanded": "false", "aria-controls": "filters", onclick: toggleFilters }, "Filters")),
    make("div", { id: "filters", class: "filters", role: "search", "aria-label": "Filters" },
      make("label", { class: "wide" }, make("span", {}, "Search"), words),
      select("lane", "Lane", [["suggested", "suggested"], ["review", "to review"]]),
      select("treatment", "Treatment", counted("treatment").map((name) => [name, TREATMENTS[name] || name])),
      select("who", "Organisation", people.map((number) => [number, whoName(number)])),
      select("language", "Language", counted("language").sort().map((code) => [code, LANGUAGES[code] || code])),
      make("label", {}, make("span", {}, "Probability at least ", reading), least),
      make("button", { type: "button", class: "plain-button when-filtered", onclick: clearFilters }, "Clear filters"),
      make("p", { id: "filter-note", class: "hint when-filtered", role: "status" })));
}

function toggleFilters(event) {
  const open = byId("filters").classList.toggle("open");
  event.currentTarget.setAttribute("aria-expanded", String(open));
}

function setFilter(name, value) {
  state.filters[name] = value;
  refilter();
  drawMap();
  drawPanelQuietly();
  const kept = matching === everything ? LINKS.length : LINKS.filter(passes).length;
  const cut = DATA.cut && state.filters.words.trim() ? " The search sees only the quotes that this page carries." : "";
  byId("filter-note").textContent = `${kept} of ${plural(LINKS.length, "link", "links")} pass the filters.${cut}`;
}

function clearFilters() {
  state.filters = { lane: "", treatment: "", language: "", who: "", least: 0, words: "" };
  refilter();
  drawTools();
  drawMap();
  drawPanelQuietly();
  byId("by-words").focus();
}

function drawPanelQuietly() {
  if (state.open) drawPanel();
}

function setView(name) {
  state.view = name;
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === name));
  drawMap();
  firstStop();
}

function setLanguage(code) {
  state.language = code;
  drawLanguages();
  drawMap();
  drawGaps();
  drawPanelQuietly();
  byId("languages").querySelector(`[data-code="${code}"]`).focus();
}

function drawLanguages() {
  byId("languages").replaceChildren(...Object.entries(LANGUAGES).map(([code, name]) => make("button", {
    type: "button", lang: code, title: name, "aria-label": name, "aria-pressed": String(code === state.language), data: { code }, onclick: () => setLanguage(code),
  }, code.toUpperCase())));
}

function showTip(event) {
  const owner = event.target.closest?.("[data-tip]");
  const tip = byId("tip");
  tip.hidden = !owner;
  if (!owner) return;
  tip.textContent = shown(owner.dataset.tip);
  const box = owner.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
  const below = box.bottom + tip.offsetHeight + 8 < innerHeight;
  tip.style.left = `${left}px`;
  tip.style.top = `${below ? box.bottom + 6 : box.top - tip.offsetHeight - 6}px`;
}

function hideTip() {
  byId("tip").hidden = true;
}

function onClick(event) {
  const opener = event.target.closest?.("button[data-target]");
  if (!opener) return;
  const { report, who, target } = opener.dataset;
  openCell({ report: Number(report), who: Number(who), target: Number(target) });
}

function onKey(event) {
  if (event.key === "Escape" && !byId("tip").hidden) hideTip();
  if (event.key === "Escape" && state.open) { event.preventDefault(); closeCell(); }
  moveFocus(event);
}

document.documentElement.classList.add("scripted");
if (narrow.matches) state.view = "list";
drawLanguages();
drawTools();
drawGaps();
followAddress();
firstStop();
new MutationObserver(firstStop).observe(byId("map"), { childList: true });
document.addEventListener("click", onClick);
document.addEventListener("keydown", onKey);
document.addEventListener("mouseover", showTip);
document.addEventListener("focusin", showTip);
document.addEventListener("scroll", hideTip, true);
addEventListener("hashchange", followAddress);
narrow.addEventListener("change", setModal);
