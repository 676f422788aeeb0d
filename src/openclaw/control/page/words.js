// Owns the words for states and actions: what a mark means, what a button does for the people involved.

/** What kind of thing waits for a person. */
export const KINDS = {
  permission: "Permission",
  pairing: "New person",
  message: "Message",
  delivery: "Our message",
  turn: "Answer",
  pause: "Fuse",
  notice: "Trouble",
};

const ACTIONS = {
  "approvals/allow": {
    label: "Allow once",
    effect: (who) => `${who} does this and goes on. It asks again the next time.`,
    said: (who) => `${who} was allowed to, once.`,
  },
  "approvals/always": {
    label: "Allow always",
    effect: (who) => `${who} does this and the like without asking, as long as its session lasts.`,
    said: (who) => `${who} was allowed to, from now on.`,
  },
  "approvals/deny": {
    label: "Deny",
    effect: (who) => `${who} does not do it, and goes on without.`,
    said: (who) => `${who} was told no.`,
  },
  "pairing/approve": {
    label: "Approve",
    effect: (who) => `${who} may write to the agent from now on and gets answers.`,
    said: (who) => `${who} was let in.`,
  },
  "pairing/deny": {
    label: "Deny",
    effect: (who) => `The request is closed. ${who} is not told, and can ask again in an hour.`,
    said: (who) => `The request of ${who} was denied.`,
  },
  "messages/release": {
    label: "Release",
    effect: (who) => `The message goes on its way, and ${who} gets an answer.`,
    said: () => "The message was released.",
  },
  "messages/drop": {
    label: "Drop",
    effect: (who) => `Nobody answers it and its text is forgotten. ${who} is not told.`,
    said: () => "The message was dropped.",
  },
  "deliveries/resend": {
    label: "Send again",
    effect: (who) => `It is sent once more. If the first one did arrive, ${who} gets it twice.`,
    said: () => "It is sent again.",
  },
  "deliveries/drop": {
    label: "Drop",
    effect: (who) => `It is not sent again. If it did not arrive, ${who} never gets it.`,
    said: () => "It was dropped.",
  },
  "turns/retry": {
    label: "Retry",
    effect: (who) => `The agent answers ${who} anew. What it had already done may be done twice.`,
    said: () => "The agent tries again.",
  },
  resume: {
    label: "Resume",
    effect: (who) => `What waits is sent to ${who}, and messages that came meanwhile are answered.`,
    said: () => "Sending goes on.",
  },
  "turns/cancel": {
    label: "Cancel",
    effect: (who) => `No answer is written. ${who} is not told.`,
    said: () => "The answer was cancelled.",
  },
};

/** The word on the button. */
export function labelOf(action) {
  return ACTIONS[action]?.label ?? action;
}

/** What pressing it does for `who`. */
export function effectOf(action, who) {
  return capital(ACTIONS[action]?.effect(who) ?? "");
}

/** What is said once it is done. */
export function saidOf(action, who) {
  return capital(ACTIONS[action]?.said(who) ?? "");
}

// State → [mark, colour]. A state that is simply as it should be has no mark of its own colour.
const MESSAGES = {
  received: ["received", ""],
  suspect: ["being checked", ""],
  ours: ["ours", ""],
  "owner typed": ["typed on the phone", ""],
  dropped: ["not answered", ""],
  challenged: ["asked for pairing", ""],
  late: ["late", "warn"],
  paused: ["waits: paused", "warn"],
  held: ["held", "warn"],
  quarantined: ["quarantined", "warn"],
  commanded: ["command", ""],
  waiting: ["waits for its turn", ""],
  "in turn": ["being answered", "good"],
  answered: ["answered", ""],
  silent: ["the agent said nothing", ""],
  failed: ["answer failed", "bad"],
  cancelled: ["cancelled", ""],
};
const DELIVERIES = {
  queued: ["waits to be sent", ""],
  sending: ["being sent", ""],
  sent: ["sent", ""],
  confirmed: ["delivered to the phone", ""],
  unknown: ["being looked for", "warn"],
  unconfirmed: ["not confirmed", "warn"],
  parked: ["not sure it left", "warn"],
  expired: ["too old to send", "warn"],
  failed: ["not sent", "bad"],
  dropped: ["dropped", ""],
};

/** The mark of an entry of a conversation and its colour. */
export function markOf({ kind, state }) {
  return (kind === "delivery" ? DELIVERIES : MESSAGES)[state] ?? [state, ""];
}

/** Account states in words, with their colour. */
export const ACCOUNT = {
  starting: ["Starting", ""],
  connected: ["Connected", "good"],
  degraded: ["Works in part", "warn"],
  deaf: ["Hears nothing", "bad"],
  "backing off": ["Waiting before the next try", "warn"],
  "needs permission": ["Needs a permission", "bad"],
  misconfigured: ["Set up wrongly", "bad"],
  paused: ["Paused", "warn"],
  stopped: ["Stopped", "bad"],
};

/** "1 message", "2 messages". */
export function many(count, word) {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
