// Beside the table: the list by objective for narrow screens, and what no document addresses.

function objectiveList() {
  const rows = OBJECTIVES.map((label) => {
    const open = state.targets.has(label.index);
    const cell = cellAt(ALL, ALL, label.index);
    const count = reportCount(label.index);
    const head = make(
      "button",
      {
        type: "button",
        class: "list-head",
        "aria-expanded": String(open),
        onclick: () => unfoldTarget(label.index),
        data: { head: label.index },
      },
      make(
        "span",
        { class: `cell ${cell.kind}`, "aria-hidden": "true" },
        cell.kind === "filtered" ? "○" : short(cell),
      ),
      make(
        "span",
        { class: "list-title" },
        make("b", {}, `${label.number}. `),
        title(label),
        make(
          "span",
          { class: "meta" },
          count && !cell.documents ? `${inWords(cell)} in ${plural(count, "document", "documents")}` : inWords(cell),
        ),
      ),
    );
    return make("li", {}, head, open && listBody(label, reportsWith(label.index)));
  });
  return make("ul", { class: "objectives" }, rows);
}

const FIRST_REPORTS = 100;
let reportsShown = FIRST_REPORTS;

function moreReports(all, redraw) {
  if (all <= reportsShown) return null;
  const more = () => {
    reportsShown += FIRST_REPORTS;
    redraw();
  };
  const text = `Show more (${reportsShown} of ${all.toLocaleString("en")} documents shown)`;
  return make("li", {}, make("button", { type: "button", class: "plain-button", onclick: more }, text));
}

// A line of a list that opens the evidence of a document, or of all, for a target.
function listLine(report, target, ...named) {
  const cell = cellAt(report, ALL, target);
  return make(
    "li",
    {},
    make(
      "button",
      { type: "button", class: "list-line", data: { report, who: ALL, target } },
      make("span", { class: `cell ${cell.kind}`, "aria-hidden": "true" }, short(cell)),
      make("span", {}, named),
    ),
  );
}

function listBody(label, reports) {
  const line = (report, target, name) => listLine(report, target, make("bdi", {}, name));
  const kids = label.kids.filter((kid) => countAt(ALL, ALL, kid));
  return make(
    "div",
    { class: "list-body" },
    make("h3", {}, "Documents"),
    reports.length
      ? make(
          "ul",
          {},
          line(ALL, label.index, allDocuments()),
          reports.slice(0, reportsShown).map((report) => line(report, label.index, DOCUMENTS[report].title)),
          moreReports(reports.length, drawMap),
        )
      : make("p", { class: "hint" }, "None found."),
    label.kids.length > 0 &&
      make("h3", {}, `${Called("activity", 2)} with evidence, ${kids.length} of ${label.kids.length}`),
    label.kids.length > 0 &&
      make(
        "ul",
        {},
        kids.map((kid) => line(ALL, kid, `${mark(LABELS[kid])}. ${title(LABELS[kid])}`)),
      ),
  );
}

function short(cell) {
  return cell.suggested ? rounded(cell.suggested) : cell.review ? `${rounded(cell.review)}?` : "·";
}

function drawGaps() {
  const reach = (label) => reachOf(label.index);
  const nothing = (labels) => labels.filter((label) => !reach(label).suggested && !reach(label).review);
  const weak = (labels) => labels.filter((label) => !reach(label).suggested && reach(label).review);
  const missing = nothing(ACTIVITIES);
  const groups = new Map();
  for (const label of missing) {
    const given = label.given[state.language] || label.given[PROGRAMME.languages[0]] || "Others";
    groups.set(given, [...(groups.get(given) || []), label]);
  }
  const item = (label) =>
    make(
      "li",
      {},
      make(
        "button",
        { type: "button", class: "link-button", data: { report: ALL, who: ALL, target: label.index } },
        make("b", {}, `${mark(label)} `),
        title(label),
      ),
    );
  const block = (name, labels) =>
    make(
      "div",
      { class: "gap" },
      make("h3", {}, name, " ", make("span", { class: "tally" }, labels.length)),
      labels.length ? make("ul", {}, labels.map(item)) : make("p", { class: "hint" }, "None."),
    );
  const unread = DATA.counts.unread + DATA.counts.partial;
  byId("gaps").replaceChildren(
    make("h2", { id: "gaps-title" }, "Gaps: what no document addresses"),
    make(
      "p",
      { class: "hint" },
      `In the ${plural(DATA.counts.whole + DATA.counts.partial, "document", "documents")} searched, whatever the filters.${unread ? ` ${plural(unread, "document was", "documents were")} not read, or only in part, and may fill some of these.` : ""}`,
    ),
    make(
      "div",
      { class: "gaps" },
      block(`${Called("objective", 2)} without evidence`, nothing(OBJECTIVES)),
      block(`${Called("objective", 2)} with evidence only to review`, weak(OBJECTIVES)),
      ACTIVITIES.length > 0 && block(`${Called("activity", 2)} with evidence only to review`, weak(ACTIVITIES)),
    ),
    ...(ACTIVITIES.length ? byGroup(missing.length, groups, item) : []),
  );
  const reached = (labels) => `${labels.filter((label) => reach(label).suggested).length}/${labels.length}`;
  byId("reached-objectives").textContent = reached(OBJECTIVES);
  if (ACTIVITIES.length) byId("reached-activities").textContent = reached(ACTIVITIES);
}

function byGroup(count, groups, item) {
  return [
    make(
      "h3",
      {},
      `${Called("activity", 2)} without evidence, by who they are given to `,
      make("span", { class: "tally" }, count),
    ),
    make(
      "div",
      { class: "gaps" },
      [...groups].map(([name, labels]) =>
        make(
          "details",
          { class: "gap" },
          make("summary", {}, name, " ", make("span", { class: "tally" }, labels.length)),
          make("ul", {}, labels.map(item)),
        ),
      ),
    ),
  ];
}
