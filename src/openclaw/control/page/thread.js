// Owns one conversation: its head with the pause, its entries in the order of reading, and where the reader stands in it.

import { announce, button, refusals, showRefusal } from "./act.js";
import { bubble } from "./bubble.js";
import { el, fill, reconcile } from "./dom.js";
import { chatName } from "./people.js";
import { day } from "./times.js";

const PAGE = 50;
const LONGEST = 500;
// Nearer to the end than this, the reader follows what comes.
const NEAR_PX = 80;
const SETTLED = ["answered", "silent", "dropped", "cancelled", "challenged", "commanded", "owner typed", "confirmed", "ours"];

/** The conversation of `accountId` and `chatKey`; `start` shows it, `load` brings it up to date. */
export function openThread(api, { accountId, chatKey }) {
  const head = el("header.thread-head");
  const list = el("ol.entries");
  const problem = refusals();
  const earlier = button("Earlier messages", { act: "earlier", run: loadEarlier, place: problem, plain: true });
  const scroller = el("div.thread-scroll", { tabindex: "0", role: "region", "aria-label": "Messages" }, earlier, list);
  const stories = new Map();
  let entries = [];
  let before = null;
  let gone = false;
  earlier.hidden = true;

  async function load() {
    const page = await api.look("conversation", { target: chatKey, account: accountId, limit: reach(entries) });
    if (gone) return;
    const follows = isAtEnd(scroller);
    const fresh = entries.length ? newcomers(entries, page.entries) : [];
    merge(page);
    drawHead(page.conversation);
    draw(page.conversation);
    if (follows) scroller.scrollTop = scroller.scrollHeight;
    if (fresh.length) announce(fresh.map((entry) => spoken(entry, page.conversation)).join(" "));
    await Promise.all([...stories.values()].map((refresh) => refresh()));
  }
  async function start() {
    try {
      await load();
    } catch (error) {
      showRefusal(problem, error);
    }
    scroller.scrollTop = scroller.scrollHeight;
    if (!gone) watcher.observe(earlier);
  }
  function merge(page) {
    const known = new Set(page.entries.map(keyOf));
    const first = page.entries[0];
    const overlaps = entries.some((entry) => known.has(keyOf(entry)));
    const older = overlaps ? entries.slice(0, entries.findIndex((entry) => keyOf(entry) === keyOf(first))) : [];
    if (!older.length) before = page.before;
    entries = [...older.filter((entry) => !known.has(keyOf(entry))), ...page.entries];
  }
  async function loadEarlier() {
    if (!before || gone) return;
    const page = await api.look("conversation", { target: chatKey, account: accountId, limit: PAGE, before });
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    before = page.before;
    entries = [...page.entries, ...entries];
    draw(page.conversation);
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
  }
  function draw(chat) {
    const context = { api, chat, stories, messageOfTurn };
    earlier.hidden = !before;
    reconcile(list, withDays(entries), keyOf, (entry, old) => (entry.kind === "day" ? dayLine(entry) : bubble(entry, context, old)));
  }
  function messageOfTurn(turn) {
    return entries.find((entry) => entry.kind === "message" && entry.turnId === turn);
  }
  function drawHead(chat) {
    const print = JSON.stringify([chat.name, chat.paused]);
    if (head.print === print) return;
    head.print = print;
    const focused = head.querySelector("button")?.matches(":focus");
    fill(head, ...headOf(api, chat, problem));
    if (focused) head.querySelector("button").focus();
  }

  const watcher = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && earlier.click());
  return {
    element: el("section.thread", { "aria-label": "Conversation" }, head, problem, scroller),
    start,
    load,
    focus: () => scroller.focus(),
    close: () => {
      gone = true;
      watcher.disconnect();
    },
  };
}

function headOf(api, chat, place) {
  const target = { target: chat.chatKey, account: chat.accountId };
  const name = chatName(chat);
  const details = [chat.name ? chat.chatIdentifier : null, chat.isGroup ? "group" : null, `account ${chat.accountId}`];
  return [
    el("a.back", { href: "#/chats", "aria-label": "All chats" }, "‹"),
    el("div.thread-name", null, el("h2.words", null, name),
      el("p.soft.small.words", null, details.filter(Boolean).join(" · "))),
    chat.paused ? el("span.pill.warn", null, "Paused") : null,
    button(chat.paused ? "Resume" : "Pause", {
      act: "pause",
      name: chat.paused ? `Resume the chat with ${name}` : `Pause the chat with ${name}`,
      place,
      run: () => api.act(chat.paused ? "resume" : "pause", target),
      said: chat.paused ? "The chat goes on." : "The chat is paused: messages are kept and not answered.",
    }),
  ];
}

function keyOf({ kind, id }) {
  return `${kind}-${id}`;
}

// How far back a look must go so that nothing shown can have changed unseen.
function reach(entries) {
  const first = entries.findIndex((entry) => entry.needsPerson || !SETTLED.includes(entry.state));
  return first < 0 ? PAGE : Math.min(Math.max(PAGE, entries.length - first + PAGE / 2), LONGEST);
}

function newcomers(known, found) {
  const keys = new Set(known.map(keyOf));
  return found.filter((entry) => !keys.has(keyOf(entry)));
}

function spoken(entry, chat) {
  return `${entry.direction === "out" ? "Sent" : `From ${entry.sender || chatName(chat)}`}: ${entry.text}`;
}

function isAtEnd(scroller) {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
}

function withDays(entries) {
  const lines = [];
  let last = "";
  for (const entry of entries) {
    const date = new Date(entry.at).toDateString();
    if (date !== last) lines.push({ kind: "day", id: date, at: entry.at });
    last = date;
    lines.push(entry);
  }
  return lines;
}

function dayLine(entry) {
  return el("li.day", null, el("h3.soft.small", null, day(entry.at)));
}
