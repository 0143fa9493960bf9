// Files dropped on a page: taken where somebody takes them, and else never opened in the page's place.
import { announce, note } from "./speak.js";
import { say } from "./words.js";

const carries = (event) => event.dataTransfer?.types.includes("Files");
let taker = null; // {zone, take(files)}: the inbox of whoever may bring in reports

export function takeDrops(zone, take) {
  taker = { zone, take };
}

function refused() {
  const readonly = document.body.dataset.rank === "reader";
  if (readonly) announce(say("report.readonly"));
  else note(say("drop.inbox"), { action: () => location.assign("/"), label: say("nav.inbox") });
}

export function guardDrops() {
  let depth = 0;
  const over = (by) => taker?.zone.classList.toggle("over", (depth = Math.max(0, depth + by)) > 0);
  const on = (name, run) =>
    document.addEventListener(name, (event) => carries(event) && (event.preventDefault(), run(event)));
  on("dragenter", () => over(1));
  on("dragover", () => {});
  on("dragleave", () => over(-1));
  on("drop", (event) => {
    over(-depth);
    if (taker) taker.take([...event.dataTransfer.files]);
    else refused();
  });
}
