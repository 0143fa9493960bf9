// What is chosen on a page stands in its address, so that it can be sent, and Back works.

export function read(name, otherwise = "") {
  return new URLSearchParams(location.search).get(name) ?? otherwise;
}

export function write(values) {
  const asked = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === "" || value === null || value === undefined) asked.delete(name);
    else asked.set(name, value);
  }
  history.replaceState(null, "", `${location.pathname}${asked.size ? `?${asked}` : ""}${location.hash}`);
  languageLinks();
}

// The links that switch the language keep what is chosen.
export function languageLinks() {
  for (const link of document.querySelectorAll("a[data-language]")) {
    const asked = new URLSearchParams(location.search);
    asked.set("lang", link.dataset.language);
    link.href = `${location.pathname}?${asked}`;
  }
}

// Form controls with data-name follow the address and write into it.
export function controls(onchange) {
  for (const control of document.querySelectorAll("[data-name]")) {
    const name = control.dataset.name;
    if (read(name)) control.value = read(name);
    control.addEventListener(control.type === "search" ? "input" : "change", () => {
      write({ [name]: control.value === control.dataset.plain ? "" : control.value });
      onchange();
    });
  }
}

export function chosen(name) {
  return document.querySelector(`[data-name="${name}"]`)?.value ?? "";
}

// Lower case without accents, so that "proteccion" finds "Protección".
export function folded(text) {
  return String(text).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

// Run again and again while somebody looks; a failure waits longer, and the next success tells.
export function poll(run, seconds) {
  let wait = seconds;
  const turn = async () => {
    if (!document.hidden)
      wait = (await run().then(
        () => true,
        () => false,
      ))
        ? seconds
        : Math.min(wait * 2, 60);
    setTimeout(turn, wait * 1000);
  };
  setTimeout(turn, seconds * 1000);
  document.addEventListener("visibilitychange", () => document.hidden || run().catch(() => {}));
}
