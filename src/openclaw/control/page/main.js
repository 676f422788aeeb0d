// Owns the start and the order of things: log in, show the frame, then one view after the other as the address says.

import { announce, showRefusal } from "./act.js";
import { openAccounts } from "./accounts.js";
import { openApi } from "./api.js";
import { openChats } from "./chats.js";
import { el, fill } from "./dom.js";
import { openFrame } from "./frame.js";
import { enter, showGate } from "./gate.js";
import { openGrants } from "./grants.js";
import { openHealth } from "./health.js";
import { gathered, openLive } from "./live.js";
import { openNeeds } from "./needs.js";
import { openSessions } from "./sessions.js";
import { startClock } from "./times.js";

// While there is no stream: how often to ask whether the gateway still knows this browser.
const CHECK_MS = 2_000;

const VIEWS = {
  needs: openNeeds,
  chats: openChats,
  people: openGrants,
  accounts: openAccounts,
  sessions: openSessions,
  health: openHealth,
};

async function start() {
  const refused = await enter();
  const me = await whoAmI();
  if (!me.loggedIn) return lockUp(refused || me.why);
  show(me);
}

async function whoAmI() {
  try {
    return await openApi(() => {}).look("me");
  } catch (error) {
    return { loggedIn: false, why: error.status === 401 ? "" : error.message };
  }
}

function lockUp(why) {
  document.getElementById("frame").hidden = true;
  const gate = document.getElementById("gate");
  gate.hidden = false;
  showGate(gate, why);
  // A new code may come into this very window by its address alone, which does not load the page again.
  if (location.hash.startsWith("#code=")) location.reload();
  addEventListener("hashchange", () => location.reload(), { once: true });
}

function show(me) {
  let stop = () => {};
  const api = openApi(() => {
    stop();
    lockUp("You were logged out: the gateway was started anew, or half a day is over.");
  });
  const frame = openFrame(api, me);
  const views = openViews(api, frame.name);
  document.getElementById("frame").hidden = false;
  startClock();
  addEventListener("hashchange", () => views.follow(true));
  views.follow(false);
  const stillKnown = checker(api);
  stop = openLive("/api/events", {
    onChange: ({ changed = [] }) => {
      frame.hear(changed);
      views.hear(changed);
    },
    onState: (state) => {
      frame.connection(state);
      stillKnown(state);
    },
  });
}

// A stream ends without a word when the gateway no longer knows this browser, so while it is lost that is asked for. Not
// only once: a gateway that is about to end still answers.
function checker(api) {
  let timer = 0;
  let lost = false;
  async function ask() {
    const me = await api.look("me").catch(({ status }) => ({ loggedIn: status === 401 ? null : true }));
    if (me.loggedIn === false) location.reload();
    if (me.loggedIn && lost) timer = setTimeout(ask, CHECK_MS);
  }
  return (state) => {
    clearTimeout(timer);
    lost = state === "lost";
    if (lost) ask();
  };
}

// Which view is on the page, and who is asked to look again when there is news.
function openViews(api, tellName) {
  const main = document.getElementById("main");
  let name = "";
  let view = null;
  let stale = false;

  function follow(moved) {
    // A code that comes to an open page is used as at its start.
    if (location.hash.startsWith("#code=")) return location.reload();
    const [wanted, ...place] = route();
    if (wanted !== name) enterView(wanted);
    view.follow?.(place);
    tellName(view.title);
    if (moved && !place.length) main.querySelector("h1")?.focus();
  }
  function enterView(wanted) {
    view?.close?.();
    name = wanted;
    const opened = VIEWS[wanted]({ api });
    const problem = el("div.refusals");
    const refresh = gathered(() => attempt(opened, problem));
    view = { ...opened, refresh };
    main.className = opened.wide ? "wide" : "";
    fill(main, problem, opened.element);
    mark(wanted);
    main.parentElement.scrollTo(0, 0);
    refresh();
  }
  function hear(changed) {
    if (!changed.some((one) => view.wants.includes(one))) return;
    // Nobody looks at a hidden window: it catches up when somebody does.
    if (document.hidden) stale = true;
    else view.refresh();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !stale) return;
    stale = false;
    view.refresh();
  });
  return { follow, hear };
}

async function attempt(view, problem) {
  try {
    await view.load();
    fill(problem);
  } catch (error) {
    showRefusal(problem, error);
  }
}

function route() {
  const parts = location.hash.replace(/^#\/?/, "").split("/");
  try {
    return parts[0] in VIEWS ? parts.map(decodeURIComponent) : ["needs"];
  } catch {
    return ["needs"];
  }
}

function mark(name) {
  for (const link of document.querySelectorAll("a[data-view]")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  announce("");
}

start();
