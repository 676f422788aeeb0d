// Owns the list of conversations: loaded in pages, searched here, drawn no further than somebody scrolled.

import { announce } from "./act.js";
import { Refused } from "./api.js";
import { el, reconcile, write } from "./dom.js";
import { chatAddress, chatName, initials } from "./people.js";
import { ago } from "./times.js";
import { many, markOf } from "./words.js";

const PAGE = 50;
const SEARCH_PAGE = 500;
const ROWS = 60;
// News brings the most recent page; what lies deeper (a pause of an old chat, say) is looked at this often.
const DEEP_MS = 10_000;

/** The list; `choose` marks one conversation, `load` brings it up to date. */
export function openChatList(api) {
  const chats = new Map();
  const rows = el("ul.chat-rows");
  const end = el("div.sentinel", { "aria-hidden": "true" });
  const none = el("p.soft.after", { hidden: true });
  const search = el("input", { type: "search", id: "search", placeholder: "Search", autocomplete: "off" });
  let next = null;
  let chosen = "";
  let room = ROWS;
  let deepAt = Date.now();

  async function load() {
    const deep = chats.size > PAGE && Date.now() - deepAt > DEEP_MS;
    const page = await api.look("conversations", { limit: deep ? Math.min(chats.size, 1000) : PAGE });
    if (deep) deepAt = Date.now();
    if (chats.size <= PAGE) next = page.next;
    keep(page.conversations);
    draw();
  }
  async function loadMore(limit) {
    if (!next) return;
    const page = await api.look("conversations", { limit, before: next });
    next = page.next;
    keep(page.conversations);
  }
  async function loadAll() {
    while (next) await loadMore(SEARCH_PAGE);
  }
  function keep(found) {
    for (const chat of found) chats.set(keyOf(chat), chat);
  }
  function draw() {
    const found = matching([...chats.values()], search.value).sort(recentFirst);
    const shown = found.slice(0, room).map((chat) => ({ ...chat, chosen: keyOf(chat) === chosen }));
    reconcile(rows, shown, keyOf, row);
    none.hidden = found.length > 0;
    write(none, search.value ? "No conversation has that name or number." : "Nobody has written yet.");
    return found.length;
  }
  async function find() {
    room = ROWS;
    draw();
    await quietly(loadAll);
    const count = draw();
    announce(search.value ? `${many(count, "conversation")} found.` : "");
  }
  async function grow() {
    if (room <= chats.size) room += ROWS;
    if (room > chats.size) await quietly(() => loadMore(PAGE));
    draw();
  }

  search.addEventListener("input", find);
  const watcher = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && chats.size && grow());
  watcher.observe(end);
  const element = el("section.chat-list", { "aria-label": "Conversations" },
    el("div.chat-search", null, el("h1", { tabindex: "-1" }, "Chats"),
      el("label.unseen", { for: "search" }, "Search conversations by name or number"), search),
    rows, none, end);
  return {
    element,
    load,
    choose: (accountId, chatKey) => {
      chosen = chatKey ? keyOf({ accountId, chatKey }) : "";
      draw();
    },
    close: () => watcher.disconnect(),
  };
}

// What is loaded already stays useful when more of it cannot be had just now; the next news tries again.
async function quietly(run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

function keyOf({ accountId, chatKey }) {
  return JSON.stringify([accountId, chatKey]);
}

function recentFirst(one, other) {
  return momentOf(other) - momentOf(one);
}

function momentOf(chat) {
  return Date.parse(chat.last?.at ?? chat.lastMessageAt);
}

function matching(chats, typed) {
  const words = typed.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return chats;
  return chats.filter((chat) => {
    const text = `${chatName(chat)} ${chat.chatIdentifier} ${chat.last?.who ?? ""}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function row(chat) {
  const marks = [
    chat.needs ? el("span.count", null, String(chat.needs), el("span.unseen", null, " need you")) : null,
    chat.paused ? el("span.pill.warn", null, "paused") : null,
  ];
  return el("li", null,
    el("a.chat-row", { href: chatAddress(chat), "data-act": "open", "aria-current": chat.chosen ? "true" : null },
      el("span.disc", { "aria-hidden": "true", "data-group": chat.isGroup }, initials(chat)),
      el("span.chat-name", null, chatName(chat)),
      el("span.soft.small.nowrap", null, ago(chat.last?.at ?? chat.lastMessageAt, "short")),
      el("span.chat-last.soft", null, preview(chat.last)),
      el("span.chat-marks", null, marks)));
}

function preview(last) {
  if (!last) return "";
  const said = last.text || `(${markOf({ kind: last.direction === "out" ? "delivery" : "message", state: last.state })[0]})`;
  return last.direction === "out" ? `Sent: ${said}` : said;
}
