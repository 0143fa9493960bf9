// What drives the report view: its buttons, its list of what is shown, and its keys.
import { bind, listen } from "./keys.js";
import { announce, fault } from "./speak.js";
import { progress } from "./report_head.js";
import { languageLinks, write } from "./state.js";
import { say } from "./words.js";

const byId = (id) => document.getElementById(id);

export function drive(view) {
  byId("show").addEventListener("change", async () => {
    write({ show: byId("show").value });
    if (view.shows() === "worklist") await view.work.load().catch(fault);
    view.outline.draw();
    view.panel();
    progress(view);
  });
  for (const tab of document.querySelectorAll("[data-to-pane]"))
    tab.addEventListener("click", () => view.pane(tab.dataset.toPane));
  const doing = {
    picture: () => view.togglePicture(),
    bulk: () => view.bulk(),
    undo: () => view.undo(),
    add: () => view.editing.add(),
    next: () => view.step(1),
    previous: () => view.step(-1),
  };
  for (const button of document.querySelectorAll("[data-do]"))
    button.addEventListener("click", doing[button.dataset.do]);
  const act = (action) => () => (view.item ? view.decide(view.item, action) : announce(say("report.nothing_chosen")));
  bind([
    { key: "j", words: "key.next", repeats: true, run: () => view.step(1) },
    { key: "k", words: "key.previous", repeats: true, run: () => view.step(-1) },
    { key: "J", words: "key.next_passage", repeats: true, run: () => view.step(1, true) },
    { key: "K", words: "key.previous_passage", repeats: true, run: () => view.step(-1, true) },
    { key: "a", words: "key.confirm", run: () => (view.draft ? view.editing.save() : act("confirm")()) },
    { key: "x", words: "key.reject", run: act("reject") },
    { key: "X", words: "key.reject_rest", run: () => view.rejectRest() },
    { key: "0", words: "key.nothing_here", run: () => view.work.pass() },
    { key: "u", words: "key.unsure", run: act("unsure") },
    { key: "l", words: "key.postpone", run: act("postpone") },
    { key: "o", words: "key.reopen", run: act("reopen") },
    { key: "z", also: ["Ctrl+z"], words: "key.undo", run: () => view.undo() },
    { key: "b", words: "key.bulk", run: () => view.bulk() },
    ...view.editing.keys(),
    { key: "g", words: "key.picture", run: () => view.togglePicture() },
    {
      key: "1",
      words: "key.pane_list",
      run: () => (view.pane("list"), byId("todo").querySelector("[tabindex='0']")?.focus()),
    },
    { key: "2", words: "key.pane_text", run: () => (view.pane("text"), byId("text-room").focus()) },
    { key: "3", words: "key.pane_decide", run: () => (view.pane("decide"), view.focus()) },
  ]);
  listen();
  languageLinks();
}
