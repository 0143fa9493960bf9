// The search and the filters of a large page, which look at documents. (A whole page has report_filters.js.)

function drawTools() {
  const values = (field) => [...new Set(DOCUMENTS.map((document_) => document_[field]).filter(Boolean))].sort();
  const targets = LABELS.filter((label) => reachOf(label.index).suggested + reachOf(label.index).review).map((label) => [
    label.index,
    `${mark(label)} ${title(label)}`,
  ]);
  const order = make(
    "select",
    { id: "by-order" },
    Object.entries(ORDERS).map(([name, [text]]) => make("option", { value: name }, text)),
  );
  order.value = state.order ?? "title";
  order.addEventListener("change", () => {
    state.order = order.value;
    setFilter("lane", state.filters.lane);
  });
  drawToolbar(
    filterWords("title, symbol or file name"),
    filterSelect("target", "Evidence for", targets),
    filterSelect("lane", "Lane", LANES),
    filterSelect(
      "kind",
      "Kind",
      values("kind").map((name) => [name, name]),
    ),
    filterSelect(
      "language",
      "Language",
      values("language").map((code) => [code, LANGUAGES[code] || code]),
    ),
    filterSelect("state", "Reading", [
      ["whole", "read whole"],
      ["partial", "read in part"],
      ["unread", "not read"],
    ]),
    make("label", {}, make("span", {}, "Order"), order),
  );
}

function passing(kept) {
  return `${kept.toLocaleString("en")} of ${plural(DOCUMENTS.length, "document", "documents")} listed on this page match.`;
}
