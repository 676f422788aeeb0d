// Owns the first view: what waits for a person, one card each, with what every button does for the people involved.

import { announce, choices, refusals } from "./act.js";
import { el, fill, reconcile } from "./dom.js";
import { chatLink, person } from "./people.js";
import { ago } from "./times.js";
import { effectOf, KINDS, labelOf, saidOf } from "./words.js";

const LIMIT = 100;

/** The view; it looks again at news of anything that can need a person. */
export function openNeeds({ api }) {
  const list = el("ul.cards");
  const more = el("p.soft.after");
  const calm = el("div.calm", { hidden: true },
    el("p", null, "Nothing needs you."),
    el("p.soft", null, "New people who ask to be let in, and anything the gateway will not decide alone, appear here."));
  let known = null;

  async function load() {
    const found = await api.look("attention", { limit: LIMIT });
    reconcile(list, found.items, ({ kind, id }) => `${kind}-${id}`, (item) => card(api, item));
    calm.hidden = found.items.length > 0;
    fill(more, found.truncated ? `The first ${LIMIT} are shown; more appear as these are settled.` : "");
    tellNew(found.items);
  }
  function tellNew(items) {
    const keys = new Set(items.map(({ kind, id }) => `${kind}-${id}`));
    const fresh = known ? items.filter(({ kind, id }) => !known.has(`${kind}-${id}`)) : [];
    known = keys;
    if (fresh.length) announce(fresh.length === 1 ? `New: ${fresh[0].title}.` : `${fresh.length} new things need you.`);
  }

  return {
    title: "Needs you",
    wants: ["messages", "deliveries", "turns", "permissions", "pairing", "pauses", "notices"],
    element: el("section.view", null, el("h1", { tabindex: "-1" }, "What needs you"), list, calm, more),
    load,
  };
}

function card(api, item) {
  const place = refusals();
  const tell = item.actions.includes("pairing/approve") ? tellBox() : null;
  return el("li.card", null,
    el("div.card-top", null, el("span.pill.warn", null, KINDS[item.kind]), el("span.soft.small", null, ago(item.at))),
    el("h2.words", null, item.title),
    el("p.soft.words", null, who(item), explanation(item)),
    item.text ? el("blockquote.words", null, item.text) : null,
    el("div", null, choices(item.actions.map((action) => choice(api, item, action, place, tell))), tell?.element, place));
}

function choice(api, item, action, place, tell) {
  const options = {
    act: action,
    main: action === "pairing/approve",
    place,
    name: `${labelOf(action)}: ${item.title}`,
    said: saidOf(action, person(item)),
    run: () => api.act(action, request(item, action, tell)),
  };
  return [labelOf(action), effectOf(action, person(item)), options];
}

function request(item, action, tell) {
  if (item.kind === "pause") return { account: item.accountId, ...(item.chatKey ? { target: item.chatKey } : {}) };
  if (item.kind === "permission") return { code: item.id };
  if (item.kind !== "pairing") return { id: item.id };
  const body = { code: item.id, account: item.accountId };
  return action === "pairing/approve" ? { ...body, notify: tell.checked() } : body;
}

function tellBox() {
  const box = el("input", { type: "checkbox", "data-act": "tell", checked: true });
  return { element: el("label.tell", null, box, " When approved, send them a short message that says so"), checked: () => box.checked };
}

function who(item) {
  if (["pairing", "notice"].includes(item.kind) || (item.kind === "pause" && !item.chatKey)) return null;
  // Who asks stands in the title, and is nobody of the chat.
  if (item.kind === "permission") return el("span", null, "In ", chatLink({ ...item, who: "" }), ". ");
  return el("span", null, item.who && item.chatName ? `${item.who} in ` : "", chatLink(item), ". ");
}

function explanation({ kind, says, fix, text }) {
  // The fix of a pairing request is the command for it; on this page the buttons are.
  return kind === "pairing" || !fix || text === fix ? says : `${says} ${fix}`;
}
