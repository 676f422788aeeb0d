// Owns how one bubble looks: text with its links, files, reactions, and the button that reacts. The menu is opened by
// that button, by a right click, or by a long press.

import { el, icon } from "./dom.js";
import { openReactions } from "./reactions.js";
import { openPicture } from "./dialogs.js";
import { clock, full, iso } from "./times.js";

const LONG_PRESS_MS = 450;
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;
const SMILE = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM9 10v.01M15 10v.01M8.5 14c1.8 2.3 5.2 2.3 7 0";
const PAPER = "M7 3.5h7l4.5 4.5v12.5H7zM14 3.5V8h4.5";
const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export function drawBubble(item, react) {
  const { bubble, mine } = item;
  const side = mine ? (bubble.service === "iMessage" ? "own blue" : "own green") : "other";
  const words = bubble.text || (bubble.files.length ? bubble.files.map((file) => file.name).join(", ") : "empty message");
  const menu = (anchor) => openReactions(anchor, bubble, item.writer, react);
  const button = el(
    "button.react",
    {
      type: "button",
      tabindex: "-1",
      "aria-haspopup": "menu",
      "aria-label": `React to ${shortened(words)}`,
      title: "React",
      onclick: (event) => menu(event.currentTarget),
    },
    icon(SMILE),
  );
  const body = el(
    "div.bubble-body",
    { title: full(bubble.at) },
    bubble.files.map(drawFile),
    bubble.text && el("p.bubble", { dir: "auto" }, linked(bubble.text)),
    !bubble.text && !bubble.files.length && el("p.bubble", {}, el("em", {}, "empty")),
    drawReactions(item),
  );
  watchForMenu(body, () => menu(button));
  const row = el(
    "li.row",
    { "data-row": bubble.row, "data-from": bubble.from_account ? "account" : "contact" },
    item.named && el("span.speaker", {}, bubble.from_account ? "Account" : item.who),
    el("span.unseen", {}, `${mine ? "You" : item.who}, `, el("time", { datetime: iso(bubble.at) }, clock(bubble.at)), ": "),
    el("div.row-body", {}, body, button),
  );
  row.classList.add(...side.split(" "));
  row.classList.toggle("starts", item.starts);
  row.classList.toggle("ends", item.ends);
  row.classList.toggle("reacted", bubble.reactions.length > 0);
  return row;
}

export function drawTyping() {
  return el(
    "li.row.other.ends.starts.typing",
    {},
    el("div.row-body", {}, el("p.bubble", { role: "img", "aria-label": "The account is typing" }, el("i"), el("i"), el("i"))),
  );
}

function drawFile(file) {
  const address = `api/files/${file.id}`;
  if (PICTURES.has(file.type)) {
    const picture = el("img", { src: address, alt: file.name, loading: "lazy", decoding: "async", width: 220, height: 165 });
    const button = el("button.picture", { type: "button", "aria-label": `Open picture ${file.name}`, onclick: () => openPicture(address, file.name) }, picture);
    picture.addEventListener("error", () => button.replaceWith(drawChip(file)), { once: true });
    return button;
  }
  return el("a.file-link", { href: address, download: file.name, rel: "noreferrer" }, drawChip(file));
}

function drawChip(file) {
  return el("span.file", {}, icon(PAPER), el("span.file-name", {}, file.name), el("span.tiny.file-size", {}, sizeOf(file.size)));
}

function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function drawReactions({ bubble, reactors }) {
  if (!bubble.reactions.length) return null;
  const told = bubble.reactions.map((each, index) => `${each.kind} by ${reactors[index]}`).join(", ");
  const shown = [...new Set(bubble.reactions.map((each) => each.emoji))].slice(0, 3);
  const count = bubble.reactions.length > 1 ? String(bubble.reactions.length) : "";
  return el("span.reactions", { role: "img", "aria-label": `Reactions: ${told}`, title: told }, shown.join(""), count && el("small", {}, count));
}

/** The text, with web addresses as links that open elsewhere. */
function linked(text) {
  const parts = [];
  let done = 0;
  for (const { 0: address, index } of text.matchAll(LINK)) {
    if (!URL.canParse(address)) continue;
    parts.push(text.slice(done, index), el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, address));
    done = index + address.length;
  }
  return [...parts, text.slice(done)].filter(Boolean);
}

function watchForMenu(body, open) {
  let timer = 0;
  body.addEventListener("contextmenu", (event) => {
    if (getSelection()?.toString()) return;
    event.preventDefault();
    open();
  });
  body.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    timer = setTimeout(open, LONG_PRESS_MS);
  });
  for (const name of ["pointerup", "pointercancel", "pointermove", "pointerleave"]) {
    body.addEventListener(name, () => clearTimeout(timer));
  }
}

function shortened(words) {
  return words.length > 60 ? `${words.slice(0, 59)}…` : words;
}
