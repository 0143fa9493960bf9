// The desk's interface over HTTP. What goes wrong comes back as a Refusal with the server's words, in the language of
// the page where the server knows them.

export class Refusal extends Error {
  constructor(status, body) {
    const { subject = "", told } = body?.error ?? {};
    const { reason = "", hint = "" } = told ?? body?.error ?? {};
    super(reason || `HTTP ${status}`);
    Object.assign(this, { status, subject, reason, hint, yours: body?.yours, theirs: body?.theirs });
  }
}

async function answer(response) {
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, body);
  return body;
}

async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, { credentials: "same-origin", ...options });
  } catch {
    throw new Refusal(0, { error: { reason: "offline" } });
  }
  return answer(response);
}

export function get(address, values = {}) {
  const asked = new URLSearchParams(
    Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined),
  );
  return ask(asked.size ? `${address}?${asked}` : address, { headers: { Accept: "application/json" } });
}

export function post(address, body) {
  const headers = { "Content-Type": "application/json", "X-Evmap": "1" };
  return ask(address, { method: "POST", headers, body: JSON.stringify(body) });
}

export function upload(address, file) {
  const form = new FormData();
  form.append("file", file, file.name);
  return ask(address, { method: "POST", headers: { "X-Evmap": "1" }, body: form });
}

export function reportAddress(id, rest = "") {
  return `/api/reports/${encodeURIComponent(id)}${rest}`;
}

// All entries of the codebook by target, titles in the page's language.
export async function codebook(language) {
  const { labels } = await get("/api/codebook", { language });
  return Object.fromEntries(labels.map((label) => [label.target, label]));
}
