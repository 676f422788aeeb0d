// Owns how people and chats are named, and the address of a chat on this page.

import { el } from "./dom.js";

/** Whom an item is about, in words for the middle of a sentence. */
export function person({ who, chatName }) {
  return who || chatName || "the other side";
}

/** The name of a conversation: its own, else the handle it is with. */
export function chatName({ name, chatName: other, chatIdentifier, chatKey }) {
  return name || other || chatIdentifier || bare(chatKey) || "a chat without a name";
}

/** The fragment that shows a conversation. */
export function chatAddress({ accountId, chatKey }) {
  return `#/chats/${encodeURIComponent(accountId)}/${encodeURIComponent(chatKey)}`;
}

/** A link to the conversation that `item` belongs to; plain words when it belongs to none. */
export function chatLink(item) {
  if (!item.chatKey) return "No chat is known for it";
  return el("a", { href: chatAddress(item), "data-act": "chat" }, item.chatName || item.who || bare(item.chatKey));
}

/** A letter or two for the disc before a conversation. */
export function initials(chat) {
  const name = chatName(chat).trim();
  if (/^[+\d\s()-]+$/.test(name)) return "#";
  return [...name].find((letter) => /\p{L}|\p{N}/u.test(letter))?.toUpperCase() ?? "?";
}

// A chat's key is its guid without the service: "-;+15550100001".
function bare(key) {
  return (key ?? "").replace(/^[-+];/, "");
}
