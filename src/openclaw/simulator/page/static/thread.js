// Owns the open conversation: which bubbles stand in it, older pages on scrolling up, staying at the end, telling a
// screen reader what came. How one bubble looks is in bubble.js.

import { byId, el, keepOneStop, reconcile, rove, tell, write } from "./dom.js";
import { drawBubble, drawTyping } from "./bubble.js";
import { avatar } from "./list.js";
import { clock, day, dayKey } from "./times.js";

// Nearer to the end than this means that the person follows what comes.
const NEAR_END_PX = 80;
const NEAR_START_PX = 300;
// After a silence of this length the time is said again.
const SILENCE_S = 3600;

export function showThread(store, { readOlder, markRead, react }) {
  const log = byId("log");
  const list = byId("bubbles");
  let waiting = false;
  rove(list, "button.react");
  store.on("open", drawHead);
  store.on("settings", drawHead);
  store.on("list", drawHead);
  store.on("list", ({ fresh }) => fresh && announce(store, fresh));
  store.on("thread", draw);
  log.addEventListener("scroll", () => {
    if (nearEnd()) byId("to-end").hidden = true;
    if (log.scrollTop < NEAR_START_PX) older();
  });
  byId("to-end").addEventListener("click", toEnd);
  addEventListener("resize", () => nearEnd() && toEnd());

  function draw({ fresh = [], opened = false, page = false }) {
    const chat = store.chat();
    const thread = chat && store.thread();
    const [height, top, following] = [log.scrollHeight, log.scrollTop, nearEnd()];
    const first = list.firstElementChild?.dataset.key;
    reconcile(list, thread ? itemsOf(store, chat, thread) : [], (item) => drawItem(item, store, react));
    keepOneStop(list, "button.react", [...list.querySelectorAll("button.react")].at(-1));
    if (!thread) return;
    const mine = fresh.some((bubble) => bubble.sender === store.writer(chat));
    if (opened || following || mine) toEnd();
    else if (page && first !== list.firstElementChild?.dataset.key) log.scrollTop = top + log.scrollHeight - height;
    else if (fresh.length) byId("to-end").hidden = false;
    if (chat.unread && !document.hidden) markRead(chat.id);
    if (log.scrollHeight <= log.clientHeight) older();
  }

  async function older() {
    const thread = store.thread();
    if (waiting || !thread?.more || !thread.bubbles.length) return;
    waiting = true;
    await readOlder(store.open, thread.bubbles[0].row).finally(() => {
      waiting = false;
    });
  }

  function drawHead() {
    const chat = store.chat();
    for (const id of ["thread-head", "log", "composer"]) byId(id).hidden = !chat;
    byId("welcome").hidden = Boolean(chat);
    if (!chat) {
      write(byId("thread-title"), "No conversation");
      return;
    }
    const title = store.titleOf(chat);
    write(byId("thread-title"), title);
    const way = chat.service === "iMessage" ? "iMessage" : "Text message";
    const who = chat.group ? `${chat.members.length} people` : store.nameOf(chat.members[0]) === title && store.people[chat.members[0]] ? chat.members[0] : "";
    write(byId("thread-sub"), [way, who].filter(Boolean).join(" · "));
    avatar(byId("thread-avatar"), title, chat.members.join());
    log.dataset.open = String(chat.id);
  }

  const nearEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  function toEnd() {
    log.scrollTop = log.scrollHeight;
    byId("to-end").hidden = true;
  }
}

/** What stands in the list: day lines, bubbles, the state under the last own bubble, the typing bubble. */
function itemsOf(store, chat, { bubbles }) {
  const writer = store.writer(chat);
  const sides = bubbles.map((bubble) => (bubble.from_account ? "account" : bubble.sender));
  const lastOwn = sides.lastIndexOf(writer);
  const items = [];
  bubbles.forEach((bubble, index) => {
    const before = bubbles[index - 1];
    const pause = !before || bubble.at - before.at > SILENCE_S || dayKey(bubble.at) !== dayKey(before.at);
    if (pause) items.push({ key: `day-${bubble.row}`, day: `${day(bubble.at)} `, clock: clock(bubble.at) });
    const starts = pause || sides[index] !== sides[index - 1];
    const mine = sides[index] === writer;
    items.push({
      key: bubble.row,
      bubble,
      mine,
      writer,
      who: bubble.from_account ? "the account" : store.nameOf(bubble.sender),
      named: chat.group && starts && !mine,
      starts,
      ends: sides[index] !== sides[index + 1],
      reactors: bubble.reactions.map((each) => (each.from_account ? "the account" : store.nameOf(each.sender))),
    });
    if (index === lastOwn) items.push({ key: "state", state: stateOf(bubble) });
  });
  if (store.typing.has(chat.id)) items.push({ key: "typing", typing: true });
  return items;
}

function stateOf(bubble) {
  if (bubble.service !== "iMessage") return "Sent as Text Message";
  return bubble.read ? "Read" : "Delivered";
}

function drawItem(item, store, react) {
  if (item.day) return el("li.day", {}, el("strong", {}, item.day), item.clock);
  if (item.state) return el("li.state", {}, item.state);
  if (item.typing) return drawTyping();
  return drawBubble(item, react);
}

function announce(store, fresh) {
  const told = fresh.map((bubble) => {
    const who = bubble.from_account ? "The account" : store.nameOf(bubble.sender);
    const chat = store.chats.get(bubble.chat);
    const where = bubble.chat === store.open || !chat ? "" : ` to ${store.titleOf(chat)}`;
    return `${who}${where}: ${bubble.text || "attachment"}`;
  });
  if (told.length) tell(byId("announce"), told.slice(-3).join(". "));
}
