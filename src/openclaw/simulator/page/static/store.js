// Owns what this window knows: conversations, bubbles, names, switches, who is being answered. Draws nothing and asks
// nobody; views are told by topic ("list", "thread", "open", "settings", "typing") that something changed.

// A conversation that was left is kept only this far; the rest is read again on scrolling up.
const KEPT_BUBBLES = 100;

export function openStore() {
  const listeners = new Map();
  const threads = new Map();
  const writers = new Map();
  const store = {
    account: "",
    chats: new Map(),
    people: {},
    trouble: {},
    problem: "",
    typing: new Set(),
    open: null,

    on(topic, listener) {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
    },

    /** Everything of the list, read anew. */
    takeList(data) {
      store.account = data.account;
      store.chats = new Map(data.chats.map((chat) => [chat.id, chat]));
      store.takeSettings(data);
      emit("list");
    },

    takeSettings({ people, trouble, problem }) {
      Object.assign(store, { people, trouble, problem });
      emit("settings");
      emit("list");
      emit("thread", {});
    },

    takeTyping(chats) {
      store.typing = new Set(chats);
      emit("list");
      emit("thread", {});
    },

    /** What the server saw change: conversations of the list, and bubbles that are new or have a new reaction. */
    takeChange({ chats, bubbles }) {
      for (const chat of chats) store.chats.set(chat.id, chat);
      const fresh = bubbles.filter(put);
      emit("list", { fresh });
      if (bubbles.some((bubble) => bubble.chat === store.open)) {
        emit("thread", { fresh: fresh.filter((bubble) => bubble.chat === store.open) });
      }
    },

    /** A page of a conversation, which may be its newest (`before` undefined) or an older one. */
    takePage(chat, { bubbles, more }, before) {
      const known = threads.get(chat);
      // A newest page that does not reach what is known leaves a gap, so what is known goes.
      const joins = known && (before || bubbles.some((bubble) => known.bubbles.has(bubble.row)));
      const thread = joins ? known : { bubbles: new Map(), more };
      if (before || !joins) thread.more = more;
      threads.set(chat, thread);
      for (const bubble of bubbles) thread.bubbles.set(bubble.row, bubble);
      if (chat === store.open) emit("thread", { page: true });
    },

    show(chat) {
      if (store.open !== null && store.open !== chat) forgetOld(store.open);
      store.open = chat;
      emit("open");
      emit("list");
      emit("thread", { opened: true });
    },

    /** The bubbles that are known of the open conversation, oldest first; null before its first page. */
    thread() {
      const thread = threads.get(store.open);
      if (!thread) return null;
      return { bubbles: [...thread.bubbles.values()].sort((a, b) => a.row - b.row), more: thread.more };
    },

    chat: () => store.chats.get(store.open),

    /** Who types in a conversation: its one person, or the chosen member of a group. */
    writer(chat) {
      const chosen = writers.get(chat.id);
      return chat.members.includes(chosen) ? chosen : chat.members[0];
    },

    setWriter(chat, handle) {
      writers.set(chat.id, handle);
      emit("thread", { opened: true });
    },

    nameOf: (handle) => store.people[handle] || handle,

    titleOf(chat) {
      if (chat.name) return chat.name;
      return chat.members.map(store.nameOf).join(", ") || `Conversation ${chat.id}`;
    },
  };

  function emit(topic, detail = {}) {
    for (const listener of listeners.get(topic) ?? []) listener(detail);
  }

  // Whether the bubble was not known before. What is older than the known pages is left for scrolling up.
  function put(bubble) {
    const thread = threads.get(bubble.chat);
    if (!thread) return true;
    const known = thread.bubbles.has(bubble.row);
    const oldest = Math.min(...thread.bubbles.keys());
    if (known || !thread.more || bubble.row > oldest) thread.bubbles.set(bubble.row, bubble);
    return !known && bubble.row > oldest;
  }

  function forgetOld(chat) {
    const thread = threads.get(chat);
    if (!thread || thread.bubbles.size <= KEPT_BUBBLES) return;
    const rows = [...thread.bubbles.keys()].sort((a, b) => a - b);
    for (const row of rows.slice(0, -KEPT_BUBBLES)) thread.bubbles.delete(row);
    thread.more = true;
  }

  return store;
}
