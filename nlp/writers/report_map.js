// The map: a table of documents by objectives, which unfold into organisations and activities.

function columns() {
  const all = [];
  for (const objective of OBJECTIVES) {
    all.push({ label: objective });
    if (!state.targets.has(objective.index)) continue;
    const found = objective.kids.filter((kid) => totalAt(ALL, ALL, kid));
    const total = (kid) => totalAt(ALL, ALL, kid);
    found.sort((a, b) => total(b) - total(a) || a - b);
    for (const kid of found) all.push({ label: LABELS[kid], parent: objective });
    const rest = objective.kids.length - found.length;
    if (rest) all.push({ rest, parent: objective, found: found.length });
  }
  return all;
}

function drawMap() {
  const list = state.view === "list";
  document.body.classList.toggle("filtering", filtering());
  document.body.classList.toggle("unfolded", state.targets.size + state.reports.size > 0);
  document.body.classList.toggle("listed", list);
  byId("map").replaceChildren(list ? objectiveList() : mapTable());
}

function mapTable() {
  const all = columns();
  const table = make("table", { class: "map", role: "grid", "aria-label": `Evidence by document and ${called("objective")}` });
  table.append(
    make(
      "caption",
      { class: "unseen" },
      `Passages with evidence, by document and ${called("objective")}. Arrow keys move, Enter opens.`,
    ),
  );
  const corner = make(
    "th",
    { scope: "col", class: "corner", role: "columnheader" },
    "Document ",
    !DATA.large && make("span", { class: "meta" }, "choose one to unfold its organisations"),
  );
  table.append(make("thead", {}, make("tr", { role: "row" }, corner, all.map(columnHead))));
  const body = make("tbody");
  body.append(mapRow(ALL, ALL, all));
  const wanted = matchingDocuments();
  for (const report of rowsOf(wanted)) {
    body.append(mapRow(report, ALL, all));
    if (!state.reports.has(report)) continue;
    for (const who of organisations(report)) body.append(mapRow(report, who, all));
  }
  table.append(body);
  return make(
    "div",
    {},
    aboveMap(wanted),
    make("div", { class: "scroller" }, table),
    belowMap(wanted),
  );
}

function columnHead(column) {
  if (column.rest) {
    const text = `${column.rest} more: none found`;
    const open = () => openCell({ report: ALL, who: ALL, target: column.parent.index });
    const spoken = `${Called("objective")} ${column.parent.number}: ${plural(column.rest, called("activity"), called("activity", 2))} with no evidence in any document; opens the list`;
    return make(
      "th",
      { scope: "col", class: "target rest", role: "columnheader" },
      make(
        "button",
        {
          type: "button",
          class: "head-button",
          tabindex: "-1",
          "aria-label": spoken,
          onclick: open,
          data: { tip: spoken },
        },
        make("span", { class: "title" }, text),
        make("span", { class: "number" }, "…"),
      ),
    );
  }
  const { label } = column;
  const unfolded = state.targets.has(label.index);
  const objective = label.kids.length > 0; // others have nothing to unfold
  const act = () => (objective ? unfoldTarget(label.index) : openCell({ report: ALL, who: ALL, target: label.index }));
  const button = make(
    "button",
    {
      type: "button",
      class: "head-button",
      tabindex: "-1",
      "aria-label": fullTitle(label),
      onclick: act,
      "aria-expanded": objective ? String(unfolded) : null,
      data: {
        tip:
          fullTitle(label) +
          (objective ? ` — ${unfolded ? "fold" : "unfold"} its ${label.kids.length} ${called("activity", 2)}` : ""),
        head: label.index,
      },
    },
    make("span", { class: "title" }, title(label)),
    make("span", { class: "number" }, mark(label)),
    objective && make("span", { class: "fold", "aria-hidden": "true" }, unfolded ? "◂" : "▸"),
  );
  return make(
    "th",
    { scope: "col", class: `target ${label.level}${unfolded ? " unfolded" : ""}`, role: "columnheader" },
    button,
  );
}

function mapRow(report, who, all) {
  const kind = report === ALL ? "total" : who === ALL ? "document" : "organisation";
  const row = make("tr", { role: "row", class: kind }, rowHead(report, who, kind));
  for (const column of all) {
    if (column.rest) row.append(make("td", { role: "gridcell", class: "rest" }));
    else
      row.append(
        make(
          "td",
          { role: "gridcell", class: column.parent ? "activity" : "objective" },
          cellButton(report, who, column.label),
        ),
      );
  }
  return row;
}

function cellButton(report, who, label) {
  const cell = cellAt(report, who, label.index);
  const { open } = state;
  const current = open && open.report === report && open.who === who && open.target === label.index;
  const spoken = `${fullTitle(label)}. ${rowName(report, who)}: ${inWords(cell)}`;
  const button = make("button", {
    type: "button",
    tabindex: "-1",
    class: `cell ${cell.kind}`,
    "aria-label": shown(spoken),
    "aria-current": current ? "true" : null,
    data: { tip: spoken, report, who, target: label.index },
  });
  if (cell.kind === "suggested")
    button.append(rounded(cell.suggested), cell.review ? make("small", {}, `+${rounded(cell.review)}?`) : "");
  else button.append({ review: `${rounded(cell.review)}?`, filtered: "○", unread: "–", none: "·" }[cell.kind]);
  return button;
}

function rowHead(report, who, kind) {
  if (kind === "total") {
    return make(
      "th",
      { scope: "row", role: "rowheader", class: "document" },
      make("span", { class: "name" }, allDocuments()),
      make("span", { class: "meta" }, allMeta()),
    );
  }
  if (kind === "organisation") {
    const name = whoName(who);
    return make(
      "th",
      { scope: "row", role: "rowheader", class: "document" },
      make("span", { class: "name", data: { tip: name } }, make("bdi", {}, name)),
    );
  }
  const document_ = DOCUMENTS[report];
  const inside = document_.who.length;
  const unfolded = state.reports.has(report);
  const name = make(
    "span",
    { class: "name" },
    inside > 0 && make("span", { class: "fold", "aria-hidden": "true" }, unfolded ? "▾ " : "▸ "),
    make("bdi", {}, document_.title),
  );
  const meta = make("span", { class: "meta" }, rowMeta(document_, report, inside));
  const tip = `${document_.title} — ${document_.file}${document_.passages ? `, ${plural(document_.passages, "passage", "passages")}` : ""}`;
  const content = inside
    ? make(
        "button",
        {
          type: "button",
          class: "row-button",
          tabindex: "-1",
          "aria-expanded": String(unfolded),
          onclick: () => unfoldReport(report),
          data: { tip, row: report },
        },
        name,
        meta,
      )
    : make("div", { class: "row-button", data: { tip } }, name, meta);
  return make("th", { scope: "row", role: "rowheader", class: "document" }, content);
}

const STRANGE = "Many of its words occur in no annotated document: what the lanes promise may not hold here.";

function rowMeta(document_, report, inside) {
  const reached = OBJECTIVES.filter((label) => cellAt(report, ALL, label.index).suggested).length;
  const facts = [document_.symbol, document_.kind, document_.language.toUpperCase(), document_.date].filter(Boolean);
  if (document_.state !== "unread") facts.push(`${reached}/${OBJECTIVES.length} ${called("objective", 2)}`);
  if (inside) facts.push(plural(inside, "organisation", "organisations"));
  const badge = { partial: "read in part", unread: "not read" }[document_.state];
  return [
    badge ? make("span", { class: `status ${document_.state}` }, badge) : null,
    badge ? " " : null,
    document_.strange ? make("span", { class: "status strange", title: STRANGE }, "unlike the annotated texts") : null,
    document_.strange ? " " : null,
    facts.join(" · "),
  ];
}

function unfoldTarget(index) {
  if (!state.targets.delete(index)) state.targets.add(index);
  drawMap();
  focusOn(`[data-head="${index}"]`);
}

function unfoldReport(report) {
  if (!state.reports.delete(report)) state.reports.add(report);
  drawMap();
  focusOn(`[data-row="${report}"]`);
}

function foldAll() {
  state.targets.clear();
  state.reports.clear();
  drawMap();
}
