// Owns getting in: the one-time code of the address, and the page for whoever has none. Shows no data, keeps no secret.

import { el, fill } from "./dom.js";

/**
 * Trade the code of the address for a session, if there is one. The code leaves the address and the history at once.
 * Returns what stopped it, in words, or "".
 */
export async function enter() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return "";
  history.replaceState(null, "", location.pathname);
  try {
    const response = await fetch("/login", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-OpenClaw": "1" },
      body: JSON.stringify({ code }),
      credentials: "same-origin",
    });
    return response.ok ? "" : refusal(response.status);
  } catch {
    return "The gateway could not be reached. Is it running?";
  }
}

function refusal(status) {
  if (status === 429) return "There were too many wrong codes. Wait a minute, then make a new one.";
  return "That code is no longer good: it works once, and for one minute.";
}

/** Show how to get in; `why` says what went wrong before, if anything did. */
export function showGate(place, why) {
  fill(
    place,
    el("main", null,
      el("p.brand", null, el("img", { src: "/page/icon.svg", alt: "", width: 28, height: 28 }), "openclaw"),
      el("h1", { tabindex: "-1" }, "This page needs a key"),
      why ? el("p.bad", { role: "alert" }, why) : null,
      el("p", null, "On the machine where the gateway runs, type"),
      el("pre", { tabindex: "0", "aria-label": "The command" }, "openclaw page"),
      el("p", null, "It opens this page with a code that works once. Then this browser stays logged in for half a day,",
        " or until the gateway stops.")),
  );
  document.title = "Log in – openclaw";
}
