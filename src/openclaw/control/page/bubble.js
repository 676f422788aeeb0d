// Owns one entry of a conversation: the bubble, its mark, what can be done with it, and its story on demand.

import { choices, refusals, showRefusal } from "./act.js";
import { el, fill, freshId } from "./dom.js";
import { chatName } from "./people.js";
import { storyOfDelivery, storyOfMessage } from "./story.js";
import { at } from "./times.js";
import { effectOf, labelOf, many, markOf, saidOf } from "./words.js";

/** The row for `entry`; `old` is the row it takes the place of, whose open story goes on. */
export function bubble(entry, context, old) {
  const [mark, colour] = markOf(entry);
  const [toggle, story] = disclosure(entry, context, old);
  return el(`li.entry.${entry.direction === "out" ? "out" : "in"}`, { "data-state": entry.state },
    context.chat.isGroup && entry.direction === "in" ? el("p.sender.soft.small.words", null, entry.sender) : null,
    el(entry.text ? "div.bubble.words" : "div.bubble.words.empty", null, content(entry)),
    el("p.entry-foot.small.soft", null, at(entry.at), " · ",
      el(colour ? `span.${colour}` : "span", null, mark), " · ", toggle),
    entry.needsPerson ? decisions(entry, context) : null,
    story);
}

function content(entry) {
  const files = entry.files ? `${many(entry.files, "file")} came with it` : "";
  if (entry.text) return files ? [entry.text, el("span.files.small", null, files)] : entry.text;
  return files || "The text is not kept.";
}

function decisions(entry, { api, chat }) {
  const place = refusals();
  const who = entry.sender || chatName(chat);
  const list = entry.actions.map((action) => [
    labelOf(action),
    effectOf(action, who),
    { act: action, place, said: saidOf(action, who), run: () => api.act(action, { id: entry.id }) },
  ]);
  return el("div.decisions", null, el("p.words", null, [entry.says, entry.fix].filter(Boolean).join(" ")), choices(list), place);
}

// A story that was open stays open, with the old words until the new ones are there.
function disclosure(entry, context, old) {
  const key = `${entry.kind}-${entry.id}`;
  const id = freshId("story");
  const open = context.stories.has(key);
  const story = el("div.story-place", { id, hidden: !open }, ...(open ? (old?.querySelector(".story-place")?.childNodes ?? []) : []));
  const toggle = el("button.plain", {
    type: "button", "data-act": "story", "aria-expanded": String(open), "aria-controls": id, onclick: flip,
  }, "What happened");
  if (open) context.stories.set(key, refresh);

  async function refresh() {
    try {
      fill(story, await tell(entry, context));
    } catch (error) {
      showRefusal(story, error);
    }
  }
  function flip() {
    const opens = !context.stories.has(key);
    if (opens) context.stories.set(key, refresh);
    else context.stories.delete(key);
    toggle.setAttribute("aria-expanded", String(opens));
    story.hidden = !opens;
    if (opens) refresh();
  }
  return [toggle, story];
}

async function tell(entry, { api, messageOfTurn }) {
  if (entry.kind === "message") return storyOfMessage(await explained(api, entry.id));
  const asked = entry.cause === "turn" ? messageOfTurn(entry.causeId) : null;
  if (asked) return storyOfMessage(await explained(api, asked.id));
  return storyOfDelivery(entry);
}

async function explained(api, id) {
  return (await api.look("explain", { id })).messages[0];
}
