// Wiring: address, keys, focus, hints. Everything starts at the end of this file.

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
  const { id } = DOCUMENTS[report];
  return id.startsWith("input:") ? id : id.slice(0, 16);
}

function fromAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  const target = LABELS.findIndex((label) => label.target === words.get("target"));
  if (target < 0) return { open: null, marked: null };
  const wanted = words.get("document");
  const report = wanted === null ? ALL : DOCUMENTS.findIndex((_, index) => documentKey(index) === wanted);
  if (wanted !== null && report < 0) return { open: null, marked: null };
  const name = words.get("organisation");
  const who =
    name === null
      ? ALL
      : Math.max(
          0,
          DATA.who.findIndex((entry) => entry.key === (name === "-" ? "" : name)),
        );
  return { open: { report, who, target }, marked: words.get("quote") };
}

let followed = null; // the address that the page shows
let opener = null; // what the reader used to open the panel

function openCell(cell) {
  location.hash = address(cell);
  followAddress();
}

function closeCell() {
  const last = state.open;
  location.hash = "#all";
  followAddress();
  if (opener?.isConnected) opener.focus();
  else if (last) focusOn(cellSelector(last));
}

function followAddress() {
  if (location.hash === followed) return;
  followed = location.hash;
  const { open, marked } = fromAddress();
  Object.assign(state, { open, marked });
  quotesShown = FIRST_QUOTES;
  reportsShown = FIRST_REPORTS;
  if (open && open.who !== ALL) state.reports.add(open.report);
  if (open && open.report !== ALL) showRow(open.report);
  keepingPlace(() => {
    drawMap();
    drawPanel();
  });
  if (open) showOpen(open, marked);
}

// Redraws, then moves table and page so that the open cell stays where the reader saw it.
function keepingPlace(redraw) {
  const [before, scroller] = [placeOf(state.open), byId("map").querySelector(".scroller")];
  const offset = scroller && [scroller.scrollLeft, scroller.scrollTop];
  redraw();
  const frame = byId("map").querySelector(".scroller");
  if (frame && offset) [frame.scrollLeft, frame.scrollTop] = offset;
  const after = placeOf(state.open);
  if (before && after) scrollBy(0, after.top - before.top);
}

function placeOf(cell) {
  return cell && byId("map").querySelector(cellSelector(cell))?.getBoundingClientRect();
}

function showOpen(open, marked) {
  byId("panel").scrollTop = 0;
  byId("panel-title").focus({ preventScroll: true });
  const card = marked && byId(`link-${marked}`);
  if (card) card.scrollIntoView({ block: "center" });
  bringIntoView(byId("map").querySelector(cellSelector(open)));
  byId("said").textContent =
    `${fullTitle(LABELS[open.target])}. ${rowName(open.report, open.who)}: ${inWords(cellAt(open.report, open.who, open.target))}`;
}

function cellSelector({ report, who, target }) {
  return `[data-report="${report}"][data-who="${who}"][data-target="${target}"]`;
}

// The sticky headings cover part of the table's frame, so "nearest" alone could leave the cell beneath them.
function bringIntoView(cell) {
  const frame = cell?.closest(".scroller");
  if (!frame) return;
  const [box, edge] = [cell.getBoundingClientRect(), frame.getBoundingClientRect()];
  const [left, top] = [
    edge.left + frame.querySelector(".corner").offsetWidth,
    edge.top + frame.querySelector("thead").offsetHeight,
  ];
  if (box.left < left) frame.scrollLeft -= left - box.left + 8;
  else if (box.right > edge.right) frame.scrollLeft += box.right - edge.right + 24;
  if (box.top < top) frame.scrollTop -= top - box.top + 8;
  else if (box.bottom > edge.bottom) frame.scrollTop += box.bottom - edge.bottom + 24;
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
  const start =
    table.querySelector('[aria-current="true"]') ||
    table.querySelector("tbody td button") ||
    table.querySelector("button");
  if (start) start.tabIndex = 0;
}

const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, -2],
  End: [0, 2],
};

function moveFocus(event) {
  const step = STEPS[event.key];
  const place = event.target.closest?.("#map td, #map th");
  if (!step || !place || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const next = neighbour(place, step);
  if (!next) return;
  setStop(next);
  next.focus({ preventScroll: true });
  bringIntoView(next);
}

// The next button in that direction, past cells without one; a step of 2 goes to the end of the row.
function neighbour(place, [down, right]) {
  const inRow = [...place.parentElement.querySelectorAll("button")];
  if (Math.abs(right) > 1) return right < 0 ? inRow[0] : inRow.at(-1);
  const rows = [...place.closest("table").rows];
  let [row, column] = [rows.indexOf(place.parentElement) + down, place.cellIndex + right];
  while (rows[row]?.cells[column]) {
    const button = rows[row].cells[column].querySelector("button");
    if (button) return button;
    [row, column] = [row + down, column + right];
  }
  return null;
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
  const button = event.target.closest?.("button[data-target]");
  if (!button) return;
  if (!button.closest("#panel")) opener = button;
  const { report, who, target } = button.dataset;
  openCell({ report: Number(report), who: Number(who), target: Number(target) });
}

function onKey(event) {
  if (event.key === "Escape" && !byId("tip").hidden) hideTip();
  if (event.key === "Escape" && state.open) {
    event.preventDefault();
    closeCell();
  }
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
