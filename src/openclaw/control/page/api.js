// Owns the requests to the gateway and what their refusals say. Knows paths only as they are given; draws nothing.

// A gateway on this machine answers in milliseconds; a probe of a phone may take half a minute.
const LIMIT_MS = 45_000;

/** A request that was refused or did not get through: `message` is for a person to read. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** `look` asks, `act` changes; `onLogout` is called when the gateway no longer knows this browser. */
export function openApi(onLogout) {
  async function send(path, options) {
    const response = await reach(path, options);
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    if (response.status === 401) onLogout();
    throw new Refused(response.status, inWords(response.status, body));
  }
  return {
    look: (path, params = {}) => send(`/api/${path}${query(params)}`, { headers: { "X-OpenClaw": "1" } }),
    act: (path, body = {}, more = {}) =>
      send(`/api/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-OpenClaw": "1" },
        body: JSON.stringify(body),
        ...more,
      }),
  };
}

async function reach(path, options) {
  try {
    return await fetch(path, { ...options, credentials: "same-origin", signal: AbortSignal.timeout(LIMIT_MS) });
  } catch (error) {
    const slow = error.name === "TimeoutError";
    throw new Refused(0, slow ? "The gateway did not answer in time." : "The gateway cannot be reached. Is it running?");
  }
}

function query(params) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

function inWords(status, body) {
  if (typeof body.error !== "string") return `The gateway refused this (status ${status}).`;
  return sentence(body.error) + (body.fix ? ` ${sentence(body.fix)}` : "");
}

function sentence(words) {
  const text = words.trim();
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
