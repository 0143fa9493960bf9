// Interface words in the page's language. The page names the file; a word that is missing shows its key.

export const language = document.documentElement.lang || "en";
const address = document.documentElement.dataset.words;
const words = address ? await (await fetch(address)).json() : {};
const plural = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);
const times = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

function chosen(key, count) {
  if (typeof count !== "number") return words[key] ?? words[`${key}.other`];
  return words[`${key}.${plural.select(count)}`] ?? words[`${key}.other`] ?? words[key];
}

export function say(key, values = {}) {
  const text = chosen(key, values.count) ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) =>
    typeof values[name] === "number" ? numbers.format(values[name]) : (values[name] ?? ""),
  );
}

export function has(key) {
  return key in words;
}

export function number(count) {
  return numbers.format(count);
}

// A time of the log (ISO 8601, UTC) as people of this language write it.
export function when(at) {
  const time = at ? new Date(at) : null;
  return time && !Number.isNaN(time.valueOf()) ? times.format(time) : "";
}
