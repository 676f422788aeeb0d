// Owns the view of the conversations: the list on one side, the chosen one on the other (one at a time on a phone).

import { openChatList } from "./chatlist.js";
import { el, fill } from "./dom.js";
import { openThread } from "./thread.js";

/** The view; `follow` shows the conversation that the address names. */
export function openChats({ api }) {
  const list = openChatList(api);
  const pane = el("div.thread-pane");
  const element = el("div.chats", null, list.element, pane);
  let thread = null;
  let shown = "";
  let scrolled = 0;

  function follow([accountId, chatKey]) {
    const wanted = JSON.stringify([accountId, chatKey]);
    if (wanted === shown) return;
    shown = wanted;
    thread?.close();
    if (!thread) scrolled = list.element.scrollTop;
    thread = chatKey ? openThread(api, { accountId, chatKey }) : null;
    element.classList.toggle("chosen", Boolean(thread));
    fill(pane, thread?.element ?? el("p.soft.choose", null, "Choose a conversation."));
    if (!thread) list.element.scrollTop = scrolled;
    // On a phone the list makes way, and takes the focus with it.
    if (thread && !document.activeElement.checkVisibility()) thread.focus();
    list.choose(accountId, chatKey);
    thread?.start();
  }
  async function load() {
    await Promise.all([list.load(), thread?.load()]);
  }

  return {
    title: "Chats",
    wide: true,
    wants: ["messages", "deliveries", "turns", "chats", "pauses", "files"],
    element,
    follow,
    load,
    close: () => {
      list.close();
      thread?.close();
    },
  };
}
