// Owns the view of the accounts: how each line to a phone is doing, reading and sending apart, and what can be done.

import { button, refusals } from "./act.js";
import { el, fill, reconcile } from "./dom.js";
import { ago, span } from "./times.js";
import { ACCOUNT, many } from "./words.js";

const CHANNEL = "imessage";
const PROBE_MS = 20_000;

/** The view; it looks again when an account, a pause or what the phone brought changed. */
export function openAccounts({ api }) {
  const list = el("ul.cards");
  const none = el("p.soft", { hidden: true }, "No account is set up. On the command line: openclaw init.");
  const warnings = el("ul.warnings");
  const probes = new Map();

  async function load() {
    const status = await api.look("status");
    none.hidden = status.accounts.length > 0;
    reconcile(list, status.accounts, (one) => one.accountId, (one) => card(api, one, probes));
    reconcile(warnings, status.warnings ?? [], (one) => one.path + one.message, warning);
  }

  return {
    title: "Accounts",
    wants: ["accounts", "pauses", "messages"],
    element: el("section.view", null, el("h1", { tabindex: "-1" }, "Accounts"), list, none, warnings),
    load,
  };
}

function card(api, account, probes) {
  const [state, colour] = ACCOUNT[account.state] ?? [account.state, "warn"];
  const place = refusals();
  const found = el("div.probe", { role: "status" }, ...(probes.get(account.accountId) ?? []));
  return el("li.card", null,
    el("div.card-top", null, el("h2.words", null, account.accountId),
      el(colour ? `span.pill.${colour}` : "span.pill", null, state),
      account.paused && account.state !== "paused" ? el("span.pill.warn", null, "Paused") : null),
    account.cause ? el("p.words", null, account.cause) : null,
    el("dl.facts", null, facts(account).map(([name, value, colour]) =>
      el("div", null, el("dt.soft", null, name), el(colour ? `dd.words.${colour}` : "dd.words", null, value)))),
    el("div.row", null, probeButton(api, account, found, place, probes), pauseButton(api, account, place)),
    place, found);
}

function facts(account) {
  return [
    ["Since", ago(account.since)],
    ["Next try", account.nextTry ? due(account.nextTry) : null],
    ["Reading", inWords(account.reading), tone(account.reading)],
    ["Sending", inWords(account.sending), tone(account.sending)],
    ["Behind the phone", lag(account.lagRows), account.lagRows > 0 ? "warn" : ""],
    ["imsg", account.version || null],
  ].filter(([, value]) => value !== null);
}

function due(iso) {
  return Date.parse(iso) > Date.now() ? ago(iso) : "any moment now";
}

function inWords(state) {
  if (state === "works") return "Works";
  if (state === "untested") return "Not tried yet";
  return ACCOUNT[state]?.[0] ?? state;
}

function tone(state) {
  return ["works", "untested", "starting", "paused"].includes(state) ? "" : "bad";
}

function lag(rows) {
  if (rows === null || rows === undefined) return "Not known yet";
  return rows === 0 ? "No, up to date" : `${many(rows, "message")} behind`;
}

function probeButton(api, account, found, place, probes) {
  return button("Test the line", {
    act: "probe",
    name: `Test the line of ${account.accountId}`,
    place,
    run: async () => {
      fill(found, el("p.soft", null, "Testing…"));
      try {
        const all = await api.look("channels", { probe: true, timeoutMs: PROBE_MS });
        const one = all.channelAccounts[CHANNEL].find((other) => other.accountId === account.accountId);
        fill(found, probed(one?.probe));
      } catch (error) {
        fill(found);
        throw error;
      } finally {
        // Kept for when news makes the card anew.
        probes.set(account.accountId, [...found.childNodes]);
      }
    },
  });
}

function probed(probe) {
  if (!probe) return el("p.bad", null, "This account was not tested: it is not running.");
  if (probe.ok) {
    const time = probe.latencyMs === null ? "" : ` It answered in ${span(probe.latencyMs)}.`;
    return el("p", null, el("span.pill.good", null, "Works"), ` imsg ${probe.version} answers for this phone.${time}`);
  }
  return el("p.words", null, el("span.pill.bad", null, "Fails"), ` ${[probe.detail, probe.fix].filter(Boolean).join(" ")}`,
    el("span.soft", null, ` (${probe.code})`));
}

function pauseButton(api, account, place) {
  return button(account.paused ? "Resume" : "Pause", {
    act: "pause",
    name: `${account.paused ? "Resume" : "Pause"} the account ${account.accountId}`,
    place,
    run: () => api.act(account.paused ? "resume" : "pause", { account: account.accountId }),
    said: account.paused ? "The account goes on." : "The account is paused: messages are kept and not answered.",
  });
}

function warning({ path, message, fix }) {
  return el("li.warning.words", null, el("span.pill.warn", null, "Configuration"), " ", el("code", null, path), ` ${message} `,
    fix ? el("span.soft", null, fix) : null);
}
