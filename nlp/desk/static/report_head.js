// What stands above the panes: the report's name and facts, how far she is, where the passage stands.
import { get, reportAddress, upload } from "./api.js";
import { OPEN, kindOf, make, visible } from "./passage.js";
import { fault, note } from "./speak.js";
import { say } from "./words.js";

const byId = (id) => document.getElementById(id);

export function where(passage) {
  if (!passage) return [];
  const title = byId("title").textContent;
  const section = passage.section.filter((heading, index) => index || heading !== title);
  const { page, number, implementer_text: who } = passage;
  const place = [
    page && say("page.short", { page }),
    number && say("report.number", { number }),
    who && make("bdi", {}, who),
  ].filter(Boolean);
  return [
    make("span", { class: "section" }, make("bdi", {}, section.join(" › "))),
    make(
      "span",
      { class: "meta" },
      place.flatMap((one, index) => (index ? [" · ", one] : [one])),
    ),
  ];
}

export function progress(view) {
  const all = view.sequence();
  const done = all.filter((item) => !OPEN.has(item.state)).length;
  byId("progress").textContent = say("report.progress", { done, total: all.length });
  Object.assign(byId("meter"), { max: Math.max(all.length, 1), value: done });
  const states = [...view.items.values()].reduce(
    (sum, item) => sum.set(kindOf(item), (sum.get(kindOf(item)) ?? 0) + 1),
    new Map(),
  );
  byId("counts").replaceChildren(
    ...[...states]
      .filter(([kind]) => kind !== "review" && kind !== "suggested")
      .map(([kind, count]) => make("span", { class: `tag ${kind}` }, say("pair", { name: say(`state.${kind}`), value: count }))),
  );
  for (const option of byId("show").options) {
    const count = option.value === "worklist" ? view.work.steps().length || "" : view.sequence(option.value).length;
    option.textContent = say(`show.${option.value}`) + (count === "" ? "" : ` (${count})`);
  }
  const found = [...view.items.values()].filter((item) => item.place === "orphaned").length;
  byId("moved").hidden = !found;
  if (found) byId("moved").textContent = say("report.orphans", { count: found, show: say("show.moved") });
}

export function header(view) {
  const row = view.report.row ?? {};
  const title = row.title || view.report.name;
  byId("title").textContent = visible(title);
  byId("title").lang = row.language ?? "";
  document.title = `${visible(title)} · evmap`;
  byId("facts").textContent = visible(
    [view.report.name, row.symbol, row.date, row.pages && say("pages", { count: row.pages })]
      .filter(Boolean)
      .join(" · "),
  );
  byId("partial").hidden = view.report.status !== "partial";
  byId("partial").textContent = visible(view.report.told ?? view.report.reason ?? "");
  byId("reading").textContent =
    view.reader.reading === 2 ? say("reading.second") : view.reader.reading === 3 ? say("reading.final") : "";
  secondReading(view);
  const pdf = row.media_type === "application/pdf";
  byId("picture-toggle").hidden = !pdf;
  if (view.readonly) for (const node of document.querySelectorAll(".writes")) node.hidden = true;
}

// Whether somebody reads the report a second time, blind; the way there begins it, or leads to what is to be settled.
function secondReading({ readings, reader }) {
  const second = readings.find((one) => one.reading === 2);
  const own = second && !second.closed && reader.reading === 2;
  const state = !second ? "title" : own ? "own" : second.closed ? "closed" : "open";
  byId("second").textContent = say(`second.${state}`);
  byId("second").classList.toggle("begun", Boolean(second));
}

// While a report is being mapped its first tags are shown; when it is ready the page begins anew.
export function waitUntilReady(view) {
  if (view.report.state === "ready") return;
  byId("mapping").hidden = false;
  byId("mapping").textContent = say("report.still_mapping");
  const look = async () => {
    const { reports } = await get("/api/reports");
    const now = reports.find((report) => report.document_id === view.id);
    if (now?.state === "ready" || now?.state === "failed") location.reload();
    else setTimeout(() => look().catch(fault), 2000);
  };
  setTimeout(() => look().catch(fault), 2000);
}

// Decisions that were made in a sheet come back by the menu of copies.
export function sheetIn(view) {
  const file = byId("sheet-in");
  file.addEventListener("change", async () => {
    try {
      await upload(reportAddress(view.id, "/sheet"), file.files[0]);
      note(say("copies.sheet_taken"));
      setTimeout(() => location.reload(), 800);
    } catch (error) {
      fault(error);
    }
    file.value = "";
  });
}
