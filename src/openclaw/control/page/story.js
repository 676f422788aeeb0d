// Owns a message's story: each step in plain words with its time, and who answered with what.

import { el } from "./dom.js";
import { exact, full, span } from "./times.js";
import { many } from "./words.js";

const CAUSES = {
  turn: "It is the agent's answer.",
  challenge: "It is the text with the pairing code.",
  command: "It is the answer to a command.",
  notice: "It is a notice of the gateway.",
  operator: "You wrote it.",
};

/** The steps of a message, of the turn that answered it and of what was sent. */
export function storyOfMessage({ message, steps, turn, files = [], verdict, waitsFor, whatHelps }) {
  const began = steps.length ? Date.parse(steps[0].at) : 0;
  return el("div.story", null, el("ol", null, steps.map((step) => line(step, began))),
    rows([...grounds(verdict), ["Waits for", waitsFor], ["What you can do", whatHelps], ...facts(message, turn, files)]));
}

/** The little that is known of a bubble that answers no message. */
export function storyOfDelivery({ cause, says, fix, queuedAt, changedAt }) {
  const began = Date.parse(queuedAt);
  return el("div.story", null, el("ol", null,
    line({ at: queuedAt, title: "It was put in line to be sent.", says: CAUSES[cause] ?? "", fix: "" }, began),
    line({ at: changedAt, title: says, says: "", fix }, began)));
}

// A list of a hundred handles would bury the story; the command shows all of it.
const LONGEST_VALUE = 80;

// Steps within a minute of the first one say how long after it they came; the moment itself is in the title.
const NEAR_MS = 60_000;

function line({ at, title, says, fix, subject }, began) {
  const after = Date.parse(at) - began;
  const when = after > 0 && after < NEAR_MS ? `+${span(after)}` : exact(at);
  return el("li", { "data-subject": subject },
    el("time.soft.small", { datetime: at, title: full(at) }, when),
    el("p.words", null, title, says ? el("span.soft", null, ` ${says}`) : null, fix ? el("span.soft", null, ` ${fix}`) : null));
}

// The keys of the configuration that decided, each where it really stands, and what is in force there.
function grounds(verdict) {
  const keys = verdict?.keys ?? [];
  const shown = keys.map(({ says, value }) => `${says} = ${brief(JSON.stringify(value))}`);
  return [["Decided by", shown.join("; ")], ["What helps", keys.length ? verdict.fix : null]];
}

function brief(text) {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function facts(message, turn, files) {
  return [
    ["Reason", message.reason],
    ["Agent", turn?.agent || message.agent],
    ["Model", turn?.model],
    ["Session", turn?.session || message.session],
    ["Attempts", turn && turn.attempts > 1 ? turn.attempts : null],
    ["Tokens", turn?.inputTokens ? `${turn.inputTokens.toLocaleString("en")} read, ${turn.outputTokens.toLocaleString("en")} written` : null],
    ["Error", turn?.error],
    ["Files", message.files && !files.length ? many(message.files, "file") : null],
    ...files.map((file) => [`File ${file.id}`, `${file.name}: ${file.says}`]),
  ];
}

function rows(all) {
  const known = all.filter(([, value]) => value);
  if (!known.length) return null;
  return el("dl.facts", null, known.map(([name, value]) => el("div", null, el("dt.soft", null, name), el("dd.words", null, String(value)))));
}
