// Owns the stream of changes: opening it, opening it again after a break, and letting go of it while nobody looks.

// A browser opens six connections to one host at most, so a hidden window keeps none.
const AGAIN_MS = 1500;

/** Call `on[name](data)` for every event, and `onState("open" | "broken")` as the stream comes and goes. */
export function follow(on, onState) {
  let source = null;
  let timer = 0;

  function open() {
    clearTimeout(timer);
    source?.close();
    source = new EventSource("api/events");
    for (const [name, listener] of Object.entries(on)) {
      source.addEventListener(name, (event) => listener(JSON.parse(event.data)));
    }
    source.addEventListener("open", () => onState("open"));
    source.addEventListener("error", () => {
      onState("broken");
      // The browser tries again by itself, except after a refusal.
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
    });
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else if (!source) open();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", () => {
    if (!source && !document.hidden) open();
  });
  if (!document.hidden) open();
}
