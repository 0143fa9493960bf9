// What the page says: to screen readers in a live region, to eyes in a note that goes away; and dialogs that ask.
import { make } from "./passage.js";
import { has, say } from "./words.js";

const NOTE_MS = 6000;

export function announce(text) {
  const region = document.getElementById("live");
  region.textContent = ""; // the same words twice are said twice
  requestAnimationFrame(() => (region.textContent = text));
}

// A note in a corner, with a button where something can be done about it.
export function note(text, { kind = "", action = null, label = "" } = {}) {
  const notes = document.getElementById("notes");
  const gone = () => box.remove();
  const box = make(
    "div",
    { class: `note-box ${kind}` },
    make("span", {}, text),
    action && make("button", { type: "button", class: "link", onclick: () => (gone(), action()) }, label),
    make("button", { type: "button", class: "shut", "aria-label": say("close"), onclick: gone }, "✕"),
  );
  notes.append(box);
  while (notes.children.length > 4) notes.firstChild.remove();
  if (kind !== "bad") setTimeout(gone, NOTE_MS);
  announce(text);
}

export function fault(error) {
  const known = error.reason === "offline" ? say("fault.offline") : error.message;
  note([known, error.hint].filter(Boolean).join(" — "), { kind: "bad" });
}

// A dialog made of elements; resolves with the value of the button that closed it, "" for Escape.
export function ask(title, body, choices, { wide = false, onopen = null } = {}) {
  return new Promise((resolve) => {
    const heading = make("h2", { id: `dialog-title-${++asked}` }, title);
    const buttons = choices.map(({ value, words, kind = "" }) =>
      make("button", { type: "submit", value, class: `plain ${kind}` }, words),
    );
    const form = make("form", { method: "dialog" }, heading, body, make("div", { class: "dialog-buttons" }, buttons));
    const dialog = make("dialog", { "aria-labelledby": heading.id, class: wide ? "wide" : null }, form);
    const before = document.activeElement;
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
    onopen?.(dialog);
  });
}

let asked = 0;

export function confirmed(title, text, words) {
  return ask(title, make("p", {}, text), [
    { value: "yes", words, kind: "strong" },
    { value: "", words: say("cancel") },
  ]).then((value) => value === "yes");
}

export function stateWords(kind) {
  return has(`state.${kind}`) ? say(`state.${kind}`) : kind;
}
