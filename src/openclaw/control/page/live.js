// Owns the one stream of news from the gateway. Knows that something changed, never what it looks like.
//
// A browser allows six connections to one address, so all windows share a stream: the one that holds the lock reads it
// and tells the others. When that window closes, the lock goes to another by itself.

const AGAIN_MS = 2_000;
const LOCK = "openclaw-events";

/**
 * Calls `onChange(change)` for each piece of news and `onState("live" | "lost")` when the connection changes.
 * Returns the function that ends it.
 */
export function openLive(url, { onChange, onState }) {
  const windows = new BroadcastChannel(LOCK);
  let state = "";

  function become(next) {
    if (state === next) return;
    state = next;
    onState(next);
  }
  function hear(news) {
    if (news.kind === "state") become(news.state);
    if (news.kind === "change") onChange(news.change);
  }
  function tell(news) {
    hear(news);
    windows.postMessage(news);
  }

  windows.onmessage = ({ data }) => (data.kind === "hello" ? answer() : hear(data));
  let leads = false;
  function answer() {
    if (leads && state) windows.postMessage({ kind: "state", state });
  }
  windows.postMessage({ kind: "hello" });
  const ending = new AbortController();
  const lead = () => {
    leads = true;
    return read(url, tell, ending.signal);
  };
  // Rejected only by its own end, while it still stood in line.
  navigator.locks.request(LOCK, { signal: ending.signal }, lead).catch(() => {});
  return () => {
    ending.abort();
    windows.close();
  };
}

// Lasts as long as this window leads.
function read(url, tell, ending) {
  return new Promise((end) => {
    let stream = null;
    let timer = 0;
    const open = () => {
      stream = listen(url, tell, () => {
        timer = setTimeout(open, AGAIN_MS);
      });
    };
    ending.addEventListener("abort", () => {
      clearTimeout(timer);
      stream.close();
      end();
    });
    open();
  });
}

function listen(url, tell, onClosed) {
  const stream = new EventSource(url);
  stream.onopen = () => tell({ kind: "state", state: "live" });
  stream.onerror = () => {
    tell({ kind: "state", state: "lost" });
    // A refused connection is final for the browser; while it still tries by itself it is left to do so.
    if (stream.readyState === EventSource.CLOSED) onClosed();
  };
  const pass = ({ data }) => tell({ kind: "change", change: parsed(data) });
  stream.onmessage = pass;
  return stream;
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return {};
  }
}

/** `run`, at most one at a time and once more when it was asked for meanwhile; a burst of news is one look. */
export function gathered(run, delayMs = 120) {
  let timer = 0;
  let busy = false;
  let again = false;
  async function go() {
    timer = 0;
    busy = true;
    again = false;
    try {
      await run();
    } finally {
      busy = false;
      if (again) ask();
    }
  }
  function ask() {
    if (busy) again = true;
    else if (!timer) timer = setTimeout(go, delayMs);
  }
  return ask;
}
