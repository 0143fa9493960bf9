// A passage and its claims in a notebook: the desk's own view (passage.js), answered by the kernel instead of a server.
import { Characters, draftIn, make, passageView } from "./passage.js";

function speaker(words, language) {
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const form = typeof values.count === "number" ? words[`${key}.${plural.select(values.count)}`] ?? words[`${key}.other`] : undefined;
    return (form ?? words[key] ?? words[`${key}.other`] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  };
}

// The text of one passage, counted from where it begins in the document.
function within(text, offset) {
  const characters = new Characters(text);
  return { slice: (start, end) => characters.slice(Math.max(0, start - offset), Math.max(0, end - offset)) };
}

function render({ model, el }) {
  const root = el.attachShadow({ mode: "open" });
  const look = make("style", {}, model.get("look"));
  const place = make("div", { class: "notebook", lang: model.get("language") });
  const say = speaker(model.get("words"), model.get("language"));
  let current = null;
  root.append(look, place);

  const step = (by) => make("button", { type: "button", class: "act", "aria-label": by < 0 ? "←" : "→", onclick: () => model.send({ go: by }) }, by < 0 ? "←" : "→");
  const decide = (item, action, changes) => model.send({ decide: item.item_id, version: item.version, action, changes: changes ?? draftIn(place, item) });

  function draw() {
    const shown = model.get("shown");
    if (!shown.items.some((item) => item.item_id === current)) current = shown.items[0]?.item_id ?? null;
    const data = {
      characters: within(shown.text, shown.passage.start), passage: shown.passage, items: shown.items, current, say, draft: null,
      labels: model.get("labels"), implementers: model.get("implementers"), language: model.get("language"), readonly: false,
    };
    const on = { decide, select: (id) => { current = id === current ? null : id; draw(); } };
    const undo = make("button", { type: "button", class: "act", onclick: () => model.send({ undo: true }) }, say("do.undo"));
    place.replaceChildren(
      make("p", { class: "meta" }, step(-1), ` ${shown.place + 1} / ${shown.count} `, step(1), " ", undo, " ", shown.cite),
      shown.fault ? make("p", { class: "notice", role: "alert" }, shown.fault) : "",
      passageView(data, on),
    );
  }

  model.on("change:shown", draw);
  draw();
  return () => model.off("change:shown", draw);
}

export default { render };
