// Owns the view of the agents, of the programs that run as one, and of what they remember: sessions with reset and stop.

import { button, refusals, sureButton } from "./act.js";
import { el, reconcile } from "./dom.js";
import { ago, span } from "./times.js";
import { many } from "./words.js";

const LIMIT = 200;

/** The view; it looks again when a session, a turn or what waits for one changed. */
export function openSessions({ api }) {
  const agents = el("ul.cards.small-cards");
  const programs = el("ul.cards.small-cards");
  const outside = el("div", { hidden: true }, el("h2", null, "Programs that run as agents"), programs);
  const list = el("ul.cards");
  const noAgent = el("p.soft", { hidden: true }, "No agent has a model yet, so messages wait. On the command line: openclaw init.");
  const none = el("p.soft", { hidden: true }, "No session yet: one begins with the first message that is let in.");

  async function load() {
    const [status, found] = await Promise.all([api.look("status"), api.look("sessions", { limit: LIMIT })]);
    noAgent.hidden = status.agents.length > 0;
    none.hidden = found.sessions.length > 0;
    outside.hidden = status.outside.length === 0;
    reconcile(programs, status.outside, ({ pid, session }) => `${pid}-${session}`, programCard);
    reconcile(agents, status.agents, (agent) => agent.id, agentCard);
    reconcile(list, found.sessions, (session) => session.key, (session) => sessionCard(api, session));
  }

  return {
    title: "Sessions",
    wants: ["sessions", "turns", "messages"],
    element: el("section.view", null, el("h1", { tabindex: "-1" }, "Sessions"),
      el("h2", null, "Agents"), agents, noAgent, outside, el("h2", null, "What they remember"), list, none),
    load,
  };
}

function agentCard(agent) {
  return el("li.card", null, el("h3.words", null, agent.id),
    el("p.soft.words", null, agent.model ? agent.model : "no model: its messages wait"));
}

function programCard({ harness, pid, since, busy, session, cpuSeconds, memoryBytes }) {
  const used = [
    cpuSeconds === null ? null : `${span(cpuSeconds * 1_000)} of processor time`,
    memoryBytes === null ? null : `${Math.round(memoryBytes / 1024 ** 2).toLocaleString("en")} MB`,
  ].filter(Boolean);
  return el("li.card", null,
    el("div.card-top", null, el("h3.words", null, harness), el(busy ? "span.pill.good" : "span.pill", null, busy ? "works" : "waits")),
    el("p.soft.words", null, `Process ${pid}, started `, ago(since), used.length ? `. ${used.join(", ")}` : "", "."),
    el("p.soft.words.code", null, session));
}

function sessionCard(api, session) {
  const place = refusals();
  const running = session.turn?.state === "running";
  return el("li.card", null,
    el("div.card-top", null, el("h3.words.code", null, session.key),
      session.turn ? el("span.pill.good", null, running ? "answering" : "will try again") : null),
    el("p.soft", null, `Agent ${session.agent} remembers ${many(session.entries, "text")}. Last used `,
      ago(session.lastInteractionAt), session.waiting ? `. ${many(session.waiting, "message")} waiting` : "", "."),
    el("div.row", null, session.turn ? stopButton(api, session, place) : null, resetButton(api, session, place)),
    place);
}

function stopButton(api, session, place) {
  return button("Stop the answer", {
    act: "stop",
    name: `Stop the answer of ${session.key}`,
    place,
    run: () => api.act("sessions/stop", { key: session.key }),
    said: ({ stopped }) => (stopped ? "The answer was stopped." : "There was no answer to stop."),
  });
}

function resetButton(api, session, place) {
  return sureButton("Reset", "The agent forgets what was said.", {
    act: "reset",
    name: `Reset ${session.key}`,
    place,
    run: () => api.act("sessions/reset", { key: session.key }),
    said: "The session was reset.",
  });
}
