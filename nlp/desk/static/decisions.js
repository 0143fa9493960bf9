// Send decisions; when somebody else was first, show both versions and let her choose.
import { post, reportAddress } from "./api.js";
import { NOTHING, kindOf, make, numberOf, percent } from "./passage.js";
import { announce, ask, fault, note } from "./speak.js";
import { say, when } from "./words.js";

// What an ask is about, said in few words.
export function said(item) {
  if (item.target === NOTHING) return say(item.state === "rejected" ? "passed.noted" : "passed.taken_off");
  return `${numberOf(item.target)}, ${say(`state.${kindOf(item)}`)}`;
}

export function askOf(item, action, changes = {}) {
  return { item_id: item.item_id, action, version: item.version, ...changes };
}

// To confirm with another treatment or implementer is to correct.
export function askWith(item, action, changes) {
  const differs = Object.keys(changes).some((name) => name !== "reason");
  if (action === "confirm" && differs) return askOf(item, "correct", changes);
  return askOf(item, action, action === "correct" || !("reason" in changes) ? changes : { reason: changes.reason });
}

/**
 * Send asks of one report. Resolves to what came of it (Decided), or null when nothing was done.
 * changed(items) is called with every item as it now stands, also after a conflict.
 */
export async function send(id, asks, changed, { spread = false, labels = {}, reading = null } = {}) {
  try {
    const decided = await post(reportAddress(id, `/decisions${inReading(reading)}`), { asks, spread });
    changed(decided.items, decided.decisions);
    tell(decided);
    return decided;
  } catch (error) {
    if (error.status !== 409) return (fault(error), null);
    return settle(id, asks, error, changed, { spread, labels, reading });
  }
}

function inReading(reading) {
  return reading ? `?reading=${reading}` : "";
}

function tell({ items, also = [] }) {
  const main = items.filter((item) => !also.includes(item.item_id));
  const words = main.length > 3 ? say("said.many", { count: main.length }) : main.map(said).join("; ");
  const rest = items.filter((item) => also.includes(item.item_id));
  if (!rest.length) return announce(words);
  note(`${words}. ${say("said.also", { what: rest.slice(0, 4).map(said).join("; ") })}`);
}

function listOf(value) {
  return Array.isArray(value) ? value : value ? [value] : [];
}

// One version of an item as a list of terms.
function version(title, rows, labels) {
  const lines = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return make(
    "section",
    { class: "version" },
    make("h3", {}, title),
    make(
      "dl",
      {},
      lines.map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, value))),
    ),
  );
}

function rowsOf(item, labels) {
  return [
    [say("field.state"), item.state ? say(`state.${kindOf(item)}`) : null],
    [say("field.action"), item.action ? say(`do.${item.action}`) : null],
    [say("field.label"), item.target && item.target !== NOTHING ? `${numberOf(item.target)} ${labels[item.target]?.title ?? ""}` : null],
    [say("field.quote"), item.quote ? `“${item.quote}”` : null],
    [say("passage.treatment"), item.treatment ? say(`treatment.${item.treatment}`) : null],
    [say("passage.implementer"), item.implementer],
    [say("passage.reason"), item.reason],
    [say("field.who"), item.who],
    [say("field.when"), when(item.at)],
    [say("field.probability"), item.probability === undefined ? null : percent(item.probability)],
  ];
}

// Both versions side by side; the later one is kept unless she says otherwise.
async function settle(id, asks, error, changed, { spread, labels, reading }) {
  const theirs = listOf(error.theirs).filter((item) => item?.item_id);
  const yours = listOf(error.yours?.asks ?? error.yours).length ? listOf(error.yours?.asks ?? error.yours) : asks;
  const pairs = theirs.slice(0, 3).map((item) => {
    const own = yours.find((one) => one.item_id === item.item_id) ?? yours[0];
    return make(
      "div",
      { class: "versions" },
      version(say("conflict.theirs"), rowsOf(item, labels)),
      version(say("conflict.yours"), rowsOf({ target: item.target, ...nothingLess(own) }, labels)),
    );
  });
  announce(say("conflict.title"));
  const choices = [
    { value: "theirs", words: say("conflict.keep"), kind: "strong" },
    ...(theirs.length ? [{ value: "yours", words: say("conflict.again") }] : []),
  ];
  const choice = await ask(
    say("conflict.title"),
    [make("p", {}, say("conflict.text")), make("p", { class: "meta" }, error.reason), pairs],
    choices,
    { wide: true },
  );
  if (theirs.length) changed(theirs, []);
  if (choice !== "yours") return null;
  const now = new Map(theirs.map((item) => [item.item_id, item.version]));
  const again = asks.map((one) => (now.has(one.item_id) ? { ...one, version: now.get(one.item_id) } : one));
  return send(id, again, changed, { spread, labels, reading });
}

function nothingLess(own) {
  return Object.fromEntries(Object.entries(own ?? {}).filter(([, value]) => value !== null && value !== ""));
}

// Take back her last batch, or the one named.
export async function undo(changed, batch = null, reading = null) {
  try {
    const decided = await post(`/api/undo${inReading(reading)}`, { batch });
    changed(decided.items, decided.decisions);
    const words = decided.items.length
      ? say("said.undone", { count: decided.items.length })
      : say("said.nothing_to_undo");
    note(words);
    return decided;
  } catch (error) {
    if (error.status === 409) note(say("said.cannot_undo"), { kind: "bad" });
    else fault(error);
    return null;
  }
}
