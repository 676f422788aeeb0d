// Owns the list of conversations: order, search, one row each. A click or Enter opens one through `open(id)`.

import { byId, el, keepOneStop, reconcile, rove, tell, write } from "./dom.js";
import { brief, iso } from "./times.js";

const TONES = 8;

/** The round picture of a conversation: initials on a colour that stays the same for the same people. */
export function avatar(element, title, seed) {
  let sum = 0;
  for (const char of seed) sum = (sum * 31 + char.codePointAt(0)) % 9973;
  element.className = `avatar tone-${sum % TONES}`;
  write(element, initials(title));
  return element;
}

function initials(title) {
  const words = title.split(/[\s,]+/).filter((word) => /^[\p{L}]/u.test(word));
  if (!words.length) return title.replace(/\D/g, "").slice(-2) || "?";
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return chosen.map((word) => String.fromCodePoint(word.codePointAt(0)).toUpperCase()).join("");
}

export function showList(store, open) {
  const list = byId("chats");
  const filter = byId("filter");
  rove(list, "button.chat");
  filter.addEventListener("input", draw);
  store.on("list", draw);

  function draw() {
    const wanted = filter.value.trim().toLowerCase();
    const rows = [...store.chats.values()]
      .map((chat) => rowOf(store, chat))
      .filter((row) => !wanted || row.found.includes(wanted))
      .sort((a, b) => b.order - a.order || b.key - a.key);
    reconcile(list, rows, (row) => drawRow(row, open));
    keepOneStop(list, "button.chat", list.querySelector('[aria-current="true"]'));
    tell(byId("no-chats"), rows.length ? "" : store.chats.size ? "Nobody fits that search." : "Nobody has written yet.");
    write(byId("account"), store.account || "the account");
    const unread = [...store.chats.values()].reduce((sum, chat) => sum + chat.unread, 0);
    document.title = unread ? `(${unread}) Phone` : "Phone";
  }
}

function rowOf(store, chat) {
  const title = store.titleOf(chat);
  const typing = store.typing.has(chat.id);
  return {
    key: chat.id,
    title,
    seed: chat.members.join(),
    // Whoever was just made and has said nothing yet stands on top.
    order: chat.last?.at ?? Number.MAX_SAFE_INTEGER,
    when: chat.last ? brief(chat.last.at) : "",
    at: chat.last?.at ?? 0,
    preview: typing ? "typing…" : previewOf(store, chat),
    typing,
    unread: chat.unread,
    sms: chat.service !== "iMessage",
    group: chat.group,
    current: chat.id === store.open,
    found: `${title} ${chat.members.join(" ")}`.toLowerCase(),
  };
}

function previewOf(store, { last, group }) {
  if (!last) return "No messages yet";
  const words = last.text || (last.files ? "Attachment" : "");
  if (last.from_account) return words;
  return group ? `${store.nameOf(last.sender)}: ${words}` : `You: ${words}`;
}

function drawRow(row, open) {
  const unread = row.unread ? el("span.badge", {}, String(row.unread), el("span.unseen", {}, " unread")) : null;
  return el(
    "li",
    {},
    el(
      "button.chat",
      { type: "button", "data-chat": row.key, "aria-current": row.current ? "true" : null, onclick: () => open(row.key) },
      avatar(el("span", { "aria-hidden": "true" }), row.title, row.seed),
      el(
        "span.chat-words",
        {},
        el("span.chat-top", {}, el("span.chat-name", {}, row.title), row.when && el("time.chat-time", { datetime: iso(row.at) }, row.when)),
        el(
          "span.chat-bottom",
          {},
          el(`span.chat-preview${row.typing ? ".typing-words" : ""}`, {}, row.preview),
          row.sms && el("span.tag", {}, "SMS"),
          unread,
        ),
      ),
    ),
  );
}
