// The tools above the map: view, filters, language of the codebook.

function drawTools() {
  const counted = (field) => [...new Set(LINKS.map((link) => link[field]).filter((value) => value !== ""))];
  const select = (name, label, options) => {
    const box = make(
      "select",
      { id: `by-${name}` },
      make("option", { value: "" }, "all"),
      options.map(([value, text]) => make("option", { value }, text)),
    );
    box.addEventListener("change", () => setFilter(name, box.value));
    return make("label", {}, make("span", {}, label), box);
  };
  const words = make("input", {
    type: "search",
    id: "by-words",
    placeholder: "words in the quotes",
    autocomplete: "off",
  });
  words.addEventListener("input", () => setFilter("words", words.value));
  const least = make("input", { type: "range", id: "by-least", min: 0, max: 100, step: 5, value: 0 });
  const reading = make("output", { for: "by-least" }, "0 %");
  least.addEventListener("input", () => {
    reading.textContent = `${least.value} %`;
    setFilter("least", Number(least.value));
  });
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
  const people = counted("who").sort((a, b) => whoName(a).localeCompare(whoName(b)));
  byId("tools").replaceChildren(
    make(
      "div",
      { class: "tool-row" },
      make(
        "div",
        { class: "views", role: "group", "aria-label": "View" },
        view("map", "Map"),
        view("list", "By objective"),
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
      make("label", { class: "wide" }, make("span", {}, "Search"), words),
      select("lane", "Lane", [
        ["suggested", "suggested"],
        ["review", "to review"],
      ]),
      select(
        "treatment",
        "Treatment",
        counted("treatment").map((name) => [name, TREATMENTS[name] || name]),
      ),
      select(
        "who",
        "Organisation",
        people.map((number) => [number, whoName(number)]),
      ),
      select(
        "language",
        "Language",
        counted("language")
          .sort()
          .map((code) => [code, LANGUAGES[code] || code]),
      ),
      make("label", {}, make("span", {}, "Probability at least ", reading), least),
      make("button", { type: "button", class: "plain-button when-filtered", onclick: clearFilters }, "Clear filters"),
      make("p", { id: "filter-note", class: "hint when-filtered", role: "status" }),
    ),
  );
}

function toggleFilters(event) {
  const open = byId("filters").classList.toggle("open");
  event.currentTarget.setAttribute("aria-expanded", String(open));
}

function setFilter(name, value) {
  state.filters[name] = value;
  const kept = refilter();
  drawMap();
  drawPanelQuietly();
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
    ...Object.entries(LANGUAGES).map(([code, name]) =>
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
