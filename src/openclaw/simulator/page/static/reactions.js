// Owns the menu of the six reactions: where it opens, its keys, and which of them the writer has given already.

import { byId, el } from "./dom.js";

const KINDS = [
  ["love", "Love", "❤️"],
  ["like", "Like", "👍"],
  ["dislike", "Dislike", "👎"],
  ["laugh", "Laugh", "😂"],
  ["emphasis", "Emphasize", "‼️"],
  ["question", "Question", "❓"],
];
const GAP_PX = 8;
let shown = null;

/** Open the menu at `anchor`; choosing calls `react(bubble, kind, remove)`. Escape or a click beside it closes it. */
export function openReactions(anchor, bubble, writer, react) {
  close();
  const given = bubble.reactions.find((each) => !each.from_account && each.sender === writer)?.kind;
  const items = KINDS.map(([kind, name, emoji]) =>
    el(
      "button",
      {
        type: "button",
        role: "menuitemradio",
        "aria-checked": String(kind === given),
        "aria-label": name,
        title: name,
        tabindex: "-1",
        onclick: () => {
          close(true);
          react(bubble, kind, kind === given);
        },
      },
      emoji,
    ),
  );
  const menu = el("div.reaction-menu", { role: "menu", "aria-label": "Reactions" }, items);
  menu.addEventListener("keydown", (event) => onKey(event, items));
  document.body.append(menu);
  place(menu, anchor);
  const away = (event) => {
    if (!menu.contains(event.target)) close();
  };
  const scrolled = () => close();
  // The press that opened the menu must not close it.
  setTimeout(() => document.addEventListener("pointerdown", away));
  byId("log").addEventListener("scroll", scrolled, { once: true });
  shown = { menu, anchor, away, scrolled };
  (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0]).focus({ preventScroll: true });
}

function close(back = false) {
  if (!shown) return;
  const { menu, anchor, away, scrolled } = shown;
  shown = null;
  document.removeEventListener("pointerdown", away);
  byId("log").removeEventListener("scroll", scrolled);
  menu.remove();
  if (back) anchor.focus({ preventScroll: true });
}

function onKey(event, items) {
  const at = items.indexOf(document.activeElement);
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step) items[(at + step + items.length) % items.length].focus();
  else if (event.key === "Home") items[0].focus();
  else if (event.key === "End") items.at(-1).focus();
  else if (event.key === "Escape") close(true);
  else if (event.key === "Tab") close(true);
  else return;
  if (event.key !== "Tab") event.preventDefault();
  event.stopPropagation();
}

function place(menu, anchor) {
  const at = (anchor.closest(".row")?.querySelector(".bubble-body") ?? anchor).getBoundingClientRect();
  const box = menu.getBoundingClientRect();
  const left = Math.min(Math.max(at.left + at.width / 2 - box.width / 2, GAP_PX), innerWidth - box.width - GAP_PX);
  const above = at.top - box.height - GAP_PX;
  menu.style.left = `${left}px`;
  menu.style.top = `${above > GAP_PX ? above : Math.min(at.bottom + GAP_PX, innerHeight - box.height - GAP_PX)}px`;
}
