// Owns the start and the wiring: what is read when, which conversation is open (it stands in the address, so that a
// reload and the Back key keep it), and what the banner says.

import { act, look } from "./api.js";
import { showComposer } from "./composer.js";
import { askForContact, askForGroup } from "./dialogs.js";
import { byId, tell, write } from "./dom.js";
import { showList } from "./list.js";
import { follow } from "./live.js";
import { showPanel } from "./panel.js";
import { openStore } from "./store.js";
import { showThread } from "./thread.js";
import { clock } from "./times.js";

const PANEL_FITS = matchMedia("(min-width: 1120px)");
const BOTH_FIT = matchMedia("(min-width: 720px)");
// A restart of the server takes about as long; nobody needs to hear of it before.
const PATIENCE_MS = 1200;

const store = openStore();
let broken = 0;

showList(store, open);
showThread(store, { readOlder, markRead, react });
showComposer(store);
byId("back").addEventListener("click", leave);
byId("new-contact").addEventListener("click", newContact);
byId("welcome-contact").addEventListener("click", newContact);
byId("new-group").addEventListener("click", newGroup);
addEventListener("hashchange", fromAddress);
document.addEventListener("visibilitychange", () => {
  const chat = store.chat();
  if (!document.hidden && chat?.unread) markRead(chat.id);
});
start();
showClock();

async function start() {
  const { switches } = await look("trouble").catch(() => ({ switches: [] }));
  showPanel(store, switches, PANEL_FITS);
  follow(
    {
      resync: readAll,
      change: store.takeChange,
      settings: store.takeSettings,
      typing: ({ chats }) => store.takeTyping(chats),
    },
    onStream,
  );
}

/** Read the list and the newest page of the open conversation, after a start or a break. */
async function readAll() {
  try {
    store.takeList(await look("chats"));
    tell(byId("banner"), "");
  } catch (error) {
    say(error);
    return;
  }
  if (store.open !== null && store.chat()) await readPage(store.open);
  else fromAddress();
}

function fromAddress() {
  const wanted = Number(/^#chat-(\d+)$/.exec(location.hash)?.[1]);
  const newest = [...store.chats.values()].sort((a, b) => (b.last?.at ?? 0) - (a.last?.at ?? 0) || a.id - b.id)[0];
  if (store.chats.has(wanted)) show(wanted);
  else if (BOTH_FIT.matches && newest) open(newest.id);
  else show(null);
}

function open(chat) {
  // On a phone the Back key leads to the list; beside the list every click would only lengthen the history.
  if (BOTH_FIT.matches) history.replaceState(null, "", `#chat-${chat}`);
  else history.pushState(null, "", `#chat-${chat}`);
  show(chat);
  if (matchMedia("(hover: hover)").matches) byId("text").focus();
}

function show(chat) {
  const same = store.open === chat;
  document.body.classList.toggle("in-chat", chat !== null);
  store.show(chat);
  if (chat !== null && !same) readPage(chat);
}

function leave() {
  const from = store.open;
  history.replaceState(null, "", location.pathname);
  show(null);
  document.querySelector(`button[data-chat="${from}"]`)?.focus();
}

async function readPage(chat, before) {
  try {
    store.takePage(chat, await look(`chats/${chat}/bubbles${before ? `?before=${before}` : ""}`), before);
  } catch (error) {
    say(error);
  }
}

async function readOlder(chat, before) {
  byId("older").hidden = false;
  await readPage(chat, before);
  byId("older").hidden = true;
}

function markRead(chat) {
  // The server's event brings the new count, here and in every other window.
  act(`chats/${chat}/read`).catch(say);
}

async function react(bubble, kind, remove) {
  try {
    const sender = store.writer(store.chat());
    const answer = await act("tapbacks", { guid: bubble.guid, sender, kind, remove });
    store.takeChange({ chats: [], bubbles: [answer.bubble] });
  } catch (error) {
    say(error);
  }
}

function newContact() {
  askForContact(made);
}

function newGroup() {
  const handles = new Set([...store.chats.values()].flatMap((chat) => chat.members));
  const people = [...handles].map((handle) => ({ handle, name: store.nameOf(handle) }));
  askForGroup(people.sort((a, b) => a.name.localeCompare(b.name)), made);
}

function made(answer) {
  store.takeChange({ chats: [answer.chat], bubbles: [] });
  store.takeSettings(answer);
  open(answer.chat.id);
}

function onStream(state) {
  clearTimeout(broken);
  if (state === "open") tell(byId("banner"), "");
  else broken = setTimeout(() => tell(byId("banner"), "Not connected. Trying again…"), PATIENCE_MS);
}

function showClock() {
  const now = Date.now() / 1000;
  write(byId("clock"), clock(now));
  setTimeout(showClock, (60 - (now % 60)) * 1000);
}

function say(error) {
  tell(byId("banner"), error.status === 401 ? "This window is logged out. Open the phone again from the page." : error.message);
}
