// Where a quote may begin and end: at sentences, or at words. Offsets are code points of the canonical text.
import { make } from "./passage.js";
import { ask } from "./speak.js";
import { say } from "./words.js";

// [start, end) of every sentence or word between two offsets, without white space around.
export function units(characters, start, end, language, granularity) {
  const text = characters.slice(start, end);
  const found = [];
  let at = start;
  for (const { segment, isWordLike } of new Intl.Segmenter(language || "en", { granularity }).segment(text)) {
    const length = Array.from(segment).length;
    const head = Array.from(segment.slice(0, segment.length - segment.trimStart().length)).length;
    const body = Array.from(segment.trim()).length;
    if (body && (granularity === "sentence" || isWordLike)) found.push({ start: at + head, end: at + head + body });
    at += length;
  }
  return found;
}

// The span with its start ("start") or end ("end") moved by one unit, outwards or inwards; never empty.
export function moved(span, parts, side, outwards) {
  const back = outwards === (side === "start");
  const places = parts.map((part) => part[side]);
  const next = back ? places.filter((at) => at < span[side]).at(-1) : places.find((at) => at > span[side]);
  if (next === undefined) return span;
  const changed = { ...span, [side]: next };
  return changed.start < changed.end ? changed : span;
}

// Ask after which sentence a quote is to be parted; resolves to both spans, or null.
export async function split(characters, span, language) {
  const parts = units(characters, span.start, span.end, language, "sentence");
  if (parts.length < 2) return null;
  const option = (part, index) => {
    const box = make("input", { type: "radio", name: "cut", value: String(index) });
    box.checked = index === 0;
    return make(
      "label",
      { class: "cut" },
      box,
      make("bdi", { lang: language }, characters.slice(part.start, part.end)),
    );
  };
  let cut = 0;
  const body = make(
    "fieldset",
    {},
    make("legend", {}, say("split.after")),
    parts.slice(0, -1).map(option),
    make("p", { class: "cut-rest", lang: language }, make("bdi", {}, characters.slice(parts.at(-1).start, span.end))),
  );
  body.addEventListener("change", (event) => (cut = Number(event.target.value)));
  const value = await ask(say("split.title"), body, [
    { value: "yes", words: say("split.do"), kind: "strong" },
    { value: "", words: say("cancel") },
  ]);
  return value === "yes"
    ? [
        { start: span.start, end: parts[cut].end },
        { start: parts[cut + 1].start, end: span.end },
      ]
    : null;
}
