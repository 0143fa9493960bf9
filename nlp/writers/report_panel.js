// The panel: the quotes behind one cell, why each was linked, and what the codebook says of the target.

const FIRST_QUOTES = 40;
let quotesShown = FIRST_QUOTES;

function drawPanel() {
  const panel = byId("panel");
  panel.hidden = !state.open;
  document.body.classList.toggle("panel-open", Boolean(state.open));
  setModal();
  if (!state.open) return panel.replaceChildren();
  const { report, who, target } = state.open;
  const label = LABELS[target];
  const links = linksAt(report, who, target);
  panel.replaceChildren(
    make(
      "div",
      { class: "panel-bar" },
      make(
        "span",
        { class: "panel-kind" },
        `${label.level} ${label.number}`,
        label.article && make("span", { class: "meta" }, ` Art. ${label.article}`),
      ),
      make("button", { type: "button", class: "close", "aria-label": "Close (Escape)", onclick: closeCell }, "✕"),
    ),
    make("h2", { id: "panel-title", tabindex: "-1", lang: state.language }, title(label)),
    make("p", { class: "panel-where" }, make("bdi", {}, rowName(report, who))),
    summaryLine(report, who, target),
    codebook(label, totalAt(report, who, target) === 0),
    quoteList(links, report, who),
    leftOut(links) ?? "",
    activitiesHere(label, report, who) ?? "",
  );
  return panel;
}

function summaryLine(report, who, target) {
  const cell = cellAt(report, who, target);
  const line = make(
    "p",
    { class: "panel-sum" },
    make("span", { class: `dot ${cell.kind}`, "aria-hidden": "true" }),
    sentence(cell),
  );
  const here = countAt(report, who, target);
  const hidden = totalAt(report, who, target) - here;
  if (hidden > 0) line.append(` ${plural(hidden, "link", "links")} outside the filters.`);
  const widen = (text, place) =>
    line.append(" ", make("button", { type: "button", class: "link-button", data: { ...place, target } }, text));
  if (who !== ALL) widen("Whole document", { report, who: ALL });
  if (report !== ALL && countAt(ALL, ALL, target) > here) widen(allDocuments(), { report: ALL, who: ALL });
  return line;
}

function sentence(cell) {
  const words = inWords(cell);
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}

function codebook(label, open) {
  const in_ = (texts) => make("p", { lang: state.language }, texts[state.language] || texts.en);
  const rows = [];
  if (label.official)
    rows.push(make("h3", {}, "Official wording"), make("p", { lang: label.official[0] }, label.official[1]));
  rows.push(make("h3", {}, "What counts"), in_(label.counts), make("h3", {}, "What does not"), in_(label.excludes));
  if (label.given[state.language]) rows.push(make("h3", {}, "Given to"), in_(label.given));
  if (label.parents.length)
    rows.push(
      make("h3", {}, "Objectives it serves"),
      make(
        "ul",
        {},
        label.parents.map((index) => targetLine(LABELS[index])),
      ),
    );
  if (label.confused.length)
    rows.push(
      make("h3", {}, "Easily confused with"),
      make(
        "ul",
        {},
        label.confused.map(([index, rule]) => targetLine(LABELS[index], rule)),
      ),
    );
  return make("details", { class: "codebook", open }, make("summary", {}, "What counts as evidence"), rows);
}

function targetLine(label, note) {
  const { report, who } = state.open;
  const name = `${label.level === "activity" ? "A" : ""}${label.number} ${title(label)}`;
  return make(
    "li",
    {},
    make("button", { type: "button", class: "link-button", data: { report, who, target: label.index } }, name),
    note && make("span", { class: "meta" }, ` ${note}`),
  );
}

function activitiesHere(label, report, who) {
  if (label.level !== "objective") return null;
  const found = label.kids.filter((kid) => countAt(report, who, kid));
  const rest = label.kids.filter((kid) => !found.includes(kid));
  const counted = (kid) => {
    const cell = cellAt(report, who, kid);
    return make(
      "li",
      {},
      make(
        "button",
        { type: "button", class: "list-line", data: { report, who, target: kid } },
        make("span", { class: `cell ${cell.kind}`, "aria-hidden": "true" }, short(cell)),
        make(
          "span",
          {},
          `A${LABELS[kid].number} ${title(LABELS[kid])}`,
          make("span", { class: "unseen" }, `, ${inWords(cell)}`),
        ),
      ),
    );
  };
  return make(
    "section",
    { class: "kids" },
    make("h3", {}, `Activities of this objective: ${found.length} of ${label.kids.length} with evidence here`),
    make("ul", {}, found.map(counted)),
    rest.length > 0 &&
      make(
        "details",
        {},
        make("summary", {}, `${plural(rest.length, "activity", "activities")}: none found here`),
        make(
          "ul",
          {},
          rest.map((kid) => targetLine(LABELS[kid])),
        ),
      ),
  );
}

function quoteList(links, report, who) {
  const ranked = [...links].sort((a, b) => a.review - b.review || b.probability - a.probability || (a.more.id < b.more.id ? -1 : 1));
  const marked = ranked.findIndex((link) => link.more.id === state.marked);
  if (marked >= quotesShown) quotesShown = marked + 1;
  const list = make(
    "ol",
    { class: "quotes" },
    ranked.slice(0, quotesShown).map((link) => quoteCard(link, report, who)),
  );
  const parts = [list];
  if (ranked.length > quotesShown) {
    const more = () => {
      quotesShown += FIRST_QUOTES;
      drawPanel();
    };
    parts.push(
      make(
        "button",
        { type: "button", class: "plain-button", onclick: more },
        `Show more quotes (${ranked.length - quotesShown} left)`,
      ),
    );
  }
  return make("div", {}, parts);
}

function quoteCard(link, report, who) {
  const passage = DATA.passages[link.passage];
  const percent = Math.round(link.probability * 100);
  const place = [
    report === ALL && make("bdi", { class: "source" }, DOCUMENTS[link.report].title),
    who === ALL && (link.who || passage.who) && make("bdi", {}, passage.who || whoName(link.who)),
    link.more.page && `p. ${link.more.page}`,
    passage.number && `no. ${passage.number}`,
    passage.reference && make("bdi", {}, passage.reference),
  ].filter(Boolean);
  return make(
    "li",
    {
      class: `quote ${link.review ? "review" : "suggested"}${link.more.id === state.marked ? " marked" : ""}`,
      id: `link-${link.more.id}`,
    },
    make(
      "div",
      { class: "quote-head" },
      make("span", { class: "lane" }, link.more.confirmed ? "confirmed" : link.review ? "to review" : "suggested"),
      make(
        "span",
        { class: "probability", data: { tip: "Calibrated probability that this is evidence for the target" } },
        make("meter", { min: 0, max: 1, value: link.probability, "aria-hidden": "true" }),
        ` ${percent} %`,
      ),
      link.treatment && make("span", { class: "treatment" }, TREATMENTS[link.treatment] || link.treatment),
    ),
    place.length > 0 && make("p", { class: "place" }, joined(place, " · ")),
    passage.section.length > 0 && make("p", { class: "section" }, make("bdi", {}, passage.section.join(" › "))),
    context(link, passage),
    elsewhere(link),
    why(link),
    make(
      "p",
      { class: "ids" },
      "Link ",
      make(
        "a",
        { href: address({ ...state.open, quote: link.more.id }), "aria-label": `Address of link ${link.more.id}` },
        link.more.id,
      ),
    ),
  );
}

function joined(parts, mark) {
  return parts.flatMap((part, index) => (index ? [mark, part] : [part]));
}

// The passage with its quote marked; the sentences that carried the link are underlined.
function context(link, passage) {
  const text = Array.from(passage.text);
  const [from, to] = link.more.at;
  const carrying = link.more.sentences.filter(([, , drop]) => drop > 0);
  const cuts = [...new Set([0, from, to, text.length, ...carrying.flatMap(([start, end]) => [start, end])])]
    .filter((cut) => cut >= 0 && cut <= text.length)
    .sort((a, b) => a - b);
  const pieces = cuts.slice(1).map((end, index) => {
    const start = cuts[index];
    const part = text.slice(start, end).join("");
    const strong = carrying.some(([first, last]) => first <= start && end <= last);
    if (start < from || end > to) return make("span", { class: "around" }, part);
    return make("mark", { class: strong ? "carrying" : null }, part);
  });
  return make(
    "blockquote",
    { lang: link.language, dir: "auto" },
    passage.lead_in && make("span", { class: "around lead-in" }, `${passage.lead_in}\n`),
    passage.clipped[0] && "… ",
    pieces,
    passage.clipped[1] && " …",
  );
}

function elsewhere(link) {
  const others = alsoOf(link);
  if (!others.length) return null;
  const chip = (other) => {
    const label = LABELS[other.target];
    return make(
      "button",
      {
        type: "button",
        class: `chip ${other.review ? "review" : "suggested"}`,
        "aria-label": fullTitle(label),
        data: {
          report: state.open.report,
          who: state.open.who,
          target: other.target,
          tip: `${fullTitle(label)}, ${other.review ? "to review" : "suggested"}`,
        },
      },
      label.level === "activity" ? `A${label.number}` : label.number,
      other.review ? "?" : "",
    );
  };
  return make("p", { class: "elsewhere" }, "This passage also: ", others.sort((a, b) => a.target - b.target).map(chip));
}

function why(link) {
  const { sentences, terms, examples } = link.more;
  const text = Array.from(DATA.passages[link.passage].text);
  const rows = [];
  if (terms.length)
    rows.push(
      make(
        "p",
        {},
        make("b", {}, "Codebook terms in the passage: "),
        joined(
          terms.map((term) => make("span", { class: "term" }, term)),
          " ",
        ),
      ),
    );
  if (sentences.length) {
    rows.push(
      make("p", {}, make("b", {}, "Without this sentence the probability would change by:")),
      make(
        "ul",
        {},
        sentences.map(([start, end, drop]) =>
          make(
            "li",
            {},
            make("span", { class: "drop" }, `${drop > 0 ? "−" : "+"}${Math.abs(Math.round(drop * 100))} points`),
            " ",
            make("span", { lang: link.language }, text.slice(Math.max(0, start), Math.max(0, end)).join("")),
          ),
        ),
      ),
    );
  }
  if (examples.length) {
    rows.push(
      make("p", {}, make("b", {}, "Nearest annotated examples:")),
      make(
        "ul",
        {},
        examples.map(([example, similarity, id]) =>
          make(
            "li",
            {},
            make("span", { class: "drop" }, `${similarity.toFixed(2)} alike`),
            " ",
            make("bdi", {}, DATA.examples[example]),
            make("span", { class: "meta" }, ` ${id}`),
          ),
        ),
      ),
    );
  }
  if (DATA.large && rows.length)
    rows.push(make("p", { class: "hint" }, "The nearest annotated examples stand in links.jsonl."));
  return rows.length ? make("details", { class: "why" }, make("summary", {}, "Why"), rows) : null;
}
