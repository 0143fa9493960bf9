"use strict";
// Without this script every box and every text stands on the page, linked by its address; it only saves scrolling.
(() => {
  const card = document.getElementById("card");
  const twin = (node) => document.getElementById((node.id.startsWith("box-") ? "text-" : "box-") + node.dataset.number);
  const piece = (number) => document.getElementById(`text-${number}`);
  const box = (number) => document.getElementById(`box-${number}`);
  const shown = (node) => node.getClientRects().length > 0;
  let marked = [];

  const clear = () => {
    for (const node of marked) node.classList.remove("at");
    marked = [];
    card.hidden = true;
  };

  const mark = (number) => {
    clear();
    marked = [box(number), piece(number)].filter(Boolean);
    for (const node of marked) node.classList.add("at");
  };

  // Only the list beside the picture moves: the page itself stays where the reader is.
  const reveal = (node) => {
    const room = node.closest(".words");
    if (!room || room.scrollHeight <= room.clientHeight + 1) return;
    const [own, around] = [node.getBoundingClientRect(), room.getBoundingClientRect()];
    if (own.top < around.top || own.bottom > around.bottom) room.scrollTop += own.top - around.top - 40;
  };

  const tell = (number) => {
    const words = piece(number);
    const under = (box(number) || words).getBoundingClientRect().bottom > innerHeight * 0.6;
    card.className = `card ${words.classList[1]} ${under ? "above" : ""}`;
    const said = document.createElement("b");
    said.textContent = `${number} · ${words.querySelector(".said").textContent}`;
    const text = words.querySelector("p").textContent;
    card.replaceChildren(said, "\n", text.length > 400 ? `${text.slice(0, 400)}…` : text);
    card.hidden = false;
  };

  const visit = (node) => {
    mark(node.dataset.number);
    tell(node.dataset.number);
    reveal(piece(node.dataset.number));
  };

  const seen = (node) => {
    const at = node.getBoundingClientRect();
    return at.top >= 50 && at.bottom <= innerHeight;
  };

  const go = (target, from) => {
    mark(target.dataset.number);
    reveal(piece(target.dataset.number));
    if (!seen(target)) target.scrollIntoView({ block: "center" });
    const end = target.matches("a") ? target : target.querySelector("a.tag");
    if (end) (lead(end), end.focus({ preventScroll: true }));
    if (from) history.replaceState(null, "", `#${target.id}`);
  };

  // One stop of the tab key a page and column; arrows go from block to block.
  const groups = [...document.querySelectorAll(".picture, .words")].map((room) => [...room.querySelectorAll("a")]);
  const groupOf = new Map(groups.flatMap((group) => group.map((link) => [link, group])));
  const lead = (link) => {
    for (const other of groupOf.get(link)) other.tabIndex = other === link ? 0 : -1;
  };
  for (const group of groups) if (group.length) lead(group[0]);

  const step = (link, key) => {
    const group = groupOf.get(link).filter((other) => other === link || shown(other));
    const at = group.indexOf(link);
    const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: group.length - 1 };
    const to = group[next[key]];
    if (!to) return;
    lead(to);
    if (!seen(to)) to.scrollIntoView({ block: "center" });
    to.focus({ preventScroll: true });
  };

  for (const node of document.querySelectorAll(".box")) {
    node.querySelector("title").remove();
    node.addEventListener("mouseenter", () => visit(node));
    node.addEventListener("mouseleave", clear);
  }
  for (const node of document.querySelectorAll(".piece")) {
    node.addEventListener("mouseenter", () => mark(node.dataset.number));
    node.addEventListener("mouseleave", clear);
    node.addEventListener("click", (event) => {
      const target = box(node.dataset.number);
      if (!target || !shown(target) || String(getSelection())) return;
      event.preventDefault();
      go(target, node);
    });
  }
  document.addEventListener("click", (event) => {
    const from = event.target.closest(".box");
    if (!from) return;
    event.preventDefault();
    go(twin(from), from);
  });
  document.addEventListener("focusin", (event) => {
    const own = event.target.closest(".box");
    const words = event.target.closest(".piece");
    if (own) visit(own);
    else if (words) mark(words.dataset.number);
    else clear();
    if (groupOf.has(event.target)) lead(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") card.hidden = true;
    const keys = ["ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "Home", "End"];
    if (!keys.includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!groupOf.has(document.activeElement)) return;
    event.preventDefault();
    step(document.activeElement, event.key);
  });
  const start = document.getElementById(location.hash.slice(1));
  if (start && start.dataset.number) go(start, null);
})();
