// The codebook: search on the left, the entry on the right; the address names the entry.
import { codebook } from "./api.js";
import { bind, listen } from "./keys.js";
import { make, numberOf } from "./passage.js";
import { search } from "./picker.js";
import { fault } from "./speak.js";
import { chosen, controls, languageLinks, read, write } from "./state.js";
import { language, say } from "./words.js";

const byId = (id) => document.getElementById(id);
let labels = {};
let target = "";

function row(label) {
  const on = label.target === target;
  return make(
    "li",
    { class: label.target.startsWith("activity") ? "activity" : "objective" },
    make(
      "button",
      {
        type: "button",
        class: `row${on ? " chosen" : ""}`,
        "aria-current": on ? "true" : null,
        onclick: () => show(label.target),
      },
      make("span", { class: "number" }, numberOf(label.target)),
      make("span", { lang: language }, label.title),
    ),
  );
}

function draw() {
  const level = chosen("level");
  const found = search(labels, chosen("q")).filter((label) => !level || label.target.startsWith(level));
  byId("labels").replaceChildren(...found.map(row));
  byId("summary").textContent = say("picker.count", { count: found.length });
}

function links(targets) {
  return make(
    "ul",
    {},
    targets.map((one) =>
      make(
        "li",
        {},
        make(
          "a",
          { href: `?target=${encodeURIComponent(one)}`, onclick: (event) => (event.preventDefault(), show(one)) },
          `${numberOf(one)} ${labels[one]?.title ?? ""}`,
        ),
      ),
    ),
  );
}

function show(one, focus = true) {
  const label = labels[one];
  if (!label) return;
  target = one;
  write({ target: one });
  const part = (title, body) => (body ? [make("h3", {}, title), body] : null);
  const text = (words) => words && make("p", { lang: language }, words);
  const like =
    label.confused_with?.length &&
    make(
      "ul",
      {},
      label.confused_with.map((other) =>
        make(
          "li",
          {},
          links([other.target]).firstChild.firstChild,
          " ",
          make("span", { class: "meta", lang: "en" }, other.rule),
        ),
      ),
    );
  const given =
    typeof label.implementer === "object"
      ? (label.implementer?.name ?? "")
      : (label.implementer_name ?? label.implementer);
  byId("entry").replaceChildren(
    make(
      "p",
      { class: "meta" },
      say(label.target.startsWith("activity") ? "codebook.activity" : "codebook.objective", {
        number: label.target.split(":")[1],
      }),
      label.article && ` · ${say("codebook.article", { article: label.article })}`,
    ),
    make("h2", { id: "entry-title", tabindex: -1, lang: language }, label.title),
    ...[
      part(say("codebook.official"), text(label.official)),
      part(say("codebook.counts"), text(label.counts)),
      part(say("codebook.excludes"), text(label.excludes)),
      part(say("codebook.confused"), like),
      part(say("codebook.given"), text(given)),
      part(say("codebook.parents"), label.parents?.length && links(label.parents)),
      part(say("codebook.children"), label.children?.length && links(label.children)),
      part(
        say("codebook.terms"),
        label.terms?.length &&
          make(
            "p",
            { lang: language },
            label.terms.map((term) => [make("span", { class: "term" }, term), " "]),
          ),
      ),
    ]
      .flat()
      .filter(Boolean),
    make("p", {}, make("a", { href: `/map?target=${encodeURIComponent(one)}` }, say("codebook.evidence"))),
  );
  draw();
  if (focus) byId("entry-title").focus();
}

async function open() {
  labels = await codebook(language);
  controls(draw);
  draw();
  show(read("target") || Object.keys(labels)[0], false);
  const step = (by) => () => {
    const found = search(labels, chosen("q"));
    const next = found[found.findIndex((label) => label.target === target) + by];
    if (next) show(next.target);
  };
  bind([
    { key: "j", words: "key.next_label", repeats: true, run: step(1) },
    { key: "k", words: "key.previous_label", repeats: true, run: step(-1) },
    { key: "/", words: "key.search", run: () => document.querySelector("[data-name=q]").focus() },
  ]);
  listen();
  languageLinks();
}

open().then(() => byId("loading").remove(), fault);
