// Tools that every page has: view, language of the codebook, and what its filters are made of.

// A choice of one value of a filter; "" is any.
function filterSelect(name, label, options) {
  const box = make(
    "select",
    { id: `by-${name}` },
    make("option", { value: "" }, "all"),
    options.map(([value, text]) => make("option", { value }, text)),
  );
  box.addEventListener("change", () => setFilter(name, box.value));
  return make("label", {}, make("span", {}, label), box);
}

function filterWords(placeholder) {
  const words = make("input", { type: "search", id: "by-words", placeholder, autocomplete: "off" });
  words.addEventListener("input", () => setFilter("words", words.value));
  return make("label", { class: "wide" }, make("span", {}, "Search"), words);
}

const LANES = [
  ["suggested", "suggested"],
  ["review", "to review"],
];

// The row of views, and below it the filters of this page.
function drawToolbar(...filters) {
  const view = (name, text) =>
    make(
      "button",
      {
        type: "button",
        "aria-pressed": String(state.view === name),
        data: { view: name },
        onclick: () => setView(name),
      },
      text,
    );
  byId("tools").replaceChildren(
    make(
      "div",
      { class: "tool-row" },
      make(
        "div",
        { class: "views", role: "group", "aria-label": "View" },
        view("map", "Map"),
        view("list", `By ${called("objective")}`),
      ),
      make(
        "button",
        {
          type: "button",
          class: "plain-button toggle-filters",
          "aria-expanded": "false",
          "aria-controls": "filters",
          onclick: toggleFilters,
        },
        "Filters",
      ),
      make("button", { type: "button", class: "plain-button when-unfolded", onclick: foldAll }, "Fold all"),
    ),
    make(
      "div",
      { id: "filters", class: "filters", role: "search", "aria-label": "Filters" },
      filters,
      make("button", { type: "button", class: "plain-button when-filtered", onclick: clearFilters }, "Clear filters"),
      make("p", { id: "filter-note", class: "hint when-filtered", role: "status" }),
    ),
  );
}

function setFilter(name, value) {
  state.filters[name] = value;
  const kept = refilter();
  drawMap();
  drawPanelQuietly();
  byId("filter-note").textContent = passing(kept);
}

function clearFilters() {
  state.filters = { ...NO_FILTERS };
  refilter();
  drawTools();
  drawMap();
  drawPanelQuietly();
  byId("by-words").focus();
}

function toggleFilters(event) {
  const open = byId("filters").classList.toggle("open");
  event.currentTarget.setAttribute("aria-expanded", String(open));
}

function drawPanelQuietly() {
  if (state.open) drawPanel();
}

function setView(name) {
  state.view = name;
  for (const button of document.querySelectorAll("[data-view]"))
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
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
  byId("languages").replaceChildren(
    ...PROGRAMME.languages.map((code) => [code, LANGUAGES[code] || code]).map(([code, name]) =>
      make(
        "button",
        {
          type: "button",
          lang: code,
          title: name,
          "aria-label": name,
          "aria-pressed": String(code === state.language),
          data: { code },
          onclick: () => setLanguage(code),
        },
        code.toUpperCase(),
      ),
    ),
  );
}
