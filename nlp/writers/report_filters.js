// The filters of a whole page, which look at links. (A large page has report_search.js.)

function drawTools() {
  const counted = (field) => [...new Set(LINKS.map((link) => link[field]).filter((value) => value !== ""))];
  const least = make("input", { type: "range", id: "by-least", min: 0, max: 100, step: 5, value: 0 });
  const reading = make("output", { for: "by-least" }, "0 %");
  least.addEventListener("input", () => {
    reading.textContent = `${least.value} %`;
    setFilter("least", Number(least.value));
  });
  const people = counted("who").sort((a, b) => whoName(a).localeCompare(whoName(b)));
  const treatments = counted("treatment").map((name) => [name, TREATMENTS[name] || name]);
  const languages = counted("language").sort();
  drawToolbar(
    filterWords("words in the quotes"),
    filterSelect("lane", "Lane", LANES),
    filterSelect("treatment", "Treatment", treatments),
    filterSelect(
      "who",
      "Organisation",
      people.map((number) => [number, whoName(number)]),
    ),
    filterSelect(
      "language",
      "Language",
      languages.map((code) => [code, LANGUAGES[code] || code]),
    ),
    make("label", {}, make("span", {}, PROGRAMME.estimated ? "Estimate at least " : "Probability at least ", reading), least),
  );
}

function passing(kept) {
  return `${kept} of ${plural(LINKS.length, "link", "links")} pass the filters.`;
}
