// Keys of a view: a table of {key, words, run}. They never act while somebody types, can be switched off, and are listed.
import { guardDrops } from "./drops.js";
import { make } from "./passage.js";
import { ask } from "./speak.js";
import { say } from "./words.js";

const SWITCH = "evmap-keys";
const table = [];

export function keysOn() {
  return localStorage.getItem(SWITCH) !== "off";
}

// key: as KeyboardEvent.key has it, "Ctrl+z" with Control or Command. words: key of the words that say what it does.
export function bind(rows) {
  table.push(...rows);
}

function typing(node) {
  return node.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

function named(event) {
  return event.ctrlKey || event.metaKey ? `Ctrl+${event.key.toLowerCase()}` : event.key;
}

// Escape leaves a field for what it belongs to, so that keys act again.
function left(event) {
  const field = event.key === "Escape" && typing(event.target);
  if (!field || document.querySelector("dialog[open]")) return false;
  event.preventDefault();
  field.blur();
  field.closest(".claim")?.querySelector(".claim-name").focus();
  return true;
}

function pressed(event) {
  if (left(event)) return;
  if (event.altKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  const name = named(event);
  const row = table.find(({ key, also = [] }) => key === name || also.includes(name));
  if (!row || (event.repeat && !row.repeats)) return;
  if (typing(event.target)) return;
  if (row.when && !row.when()) return;
  if (event.key === "Enter" && !row.when && event.target.closest("button, a, summary")) return;
  if (!keysOn() && event.key.length === 1 && name === event.key && name !== "?") return;
  event.preventDefault();
  row.run(event);
}

export function shown(key) {
  return key
    .split("+")
    .map((part) => make("kbd", {}, { " ": "␣", ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" }[part] ?? part));
}

export function help() {
  const rows = table
    .filter((row) => row.words)
    .map((row) =>
      make(
        "tr",
        {},
        make(
          "th",
          { scope: "row" },
          [row.key, ...(row.also ?? [])].map((key, index) => [index ? " / " : "", shown(key)]),
        ),
        make("td", {}, say(row.words)),
      ),
    );
  const box = make("input", {
    type: "checkbox",
    onchange: (event) => localStorage.setItem(SWITCH, event.target.checked ? "on" : "off"),
  });
  box.checked = keysOn();
  const body = [
    make(
      "div",
      { class: "scroller", tabindex: 0, role: "group", "aria-label": say("keys.title") },
      make("table", { class: "keys" }, make("tbody", {}, rows)),
    ),
    make("p", {}, make("label", {}, box, " ", say("keys.switch"))),
    make("p", { class: "hint" }, say("keys.typing")),
  ];
  return ask(say("keys.title"), body, [{ value: "", words: say("close") }], { wide: true });
}

// Keys that go to a part of the claim that is looked at.
export function claimKeys(place) {
  const part = (name) => place.querySelector(`.claim.current > .claim-body ${name}`);
  const unfold = (box, inside) => {
    if (!box) return;
    box.open = inside || !box.open;
    box.querySelector(inside || "summary").focus();
  };
  return [
    { key: "t", words: "key.treatment", run: () => part("[data-field=treatment]")?.focus() },
    { key: "i", words: "key.implementer", run: () => part("[data-field=implementer]")?.focus() },
    { key: "e", words: "key.reason", run: () => unfold(part(".note"), "textarea") },
    { key: "c", words: "key.codebook", run: () => unfold(part(".entry")) },
  ];
}

// What every view does in the end: its keys act, and files that are dropped do not take its place.
export function listen() {
  guardDrops();
  bind([{ key: "?", words: "keys.help", run: help }]);
  document.addEventListener("keydown", pressed);
  for (const button of document.querySelectorAll("[data-keys]")) button.addEventListener("click", help);
}
