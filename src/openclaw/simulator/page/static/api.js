// Owns the requests to the phone's server and what their refusals say. Draws nothing.

// The server is on this machine; a large picture may take a while over a tunnel.
const LIMIT_MS = 20_000;
const UPLOAD_LIMIT_MS = 120_000;

/** A request that was refused or did not get through: `message` is for a person to read. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const look = (path) => send(path, {});

export const act = (path, body = {}) =>
  send(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Hand in a file as it is; the answer's `file` goes into a bubble. */
export const upload = (file) =>
  send("files", {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream", "X-File-Name": encodeURIComponent(file.name) },
    body: file,
    limit: UPLOAD_LIMIT_MS,
  });

async function send(path, { limit = LIMIT_MS, headers = {}, ...options }) {
  let response;
  try {
    response = await fetch(`api/${path}`, {
      ...options,
      headers: { ...headers, "X-OpenClaw": "1" },
      credentials: "same-origin",
      signal: AbortSignal.timeout(limit),
    });
  } catch (error) {
    const slow = error.name === "TimeoutError";
    throw new Refused(0, slow ? "The phone did not answer in time." : "The phone cannot be reached. Is it running?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, sentence(body.error ?? `refused with status ${response.status}`));
  return body;
}

function sentence(words) {
  const text = String(words).trim();
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
