// Owns the view of who was let in by approval, with the button that takes it back.

import { refusals, sureButton } from "./act.js";
import { el, reconcile } from "./dom.js";
import { ago } from "./times.js";

/** The view; it looks again when somebody is let in or put out. */
export function openGrants({ api }) {
  const list = el("ul.cards");
  const none = el("p.soft", { hidden: true }, "Nobody was let in by approval. The lists of the configuration are not shown here.");

  async function load() {
    const { grants } = await api.look("pairing/grants");
    none.hidden = grants.length > 0;
    reconcile(list, grants, (one) => `${one.accountId} ${one.id}`, (one) => card(api, one));
  }

  return {
    title: "Let in",
    wants: ["pairing"],
    element: el("section.view", null, el("h1", { tabindex: "-1" }, "Who was let in"), list, none),
    load,
  };
}

function card(api, { id, accountId, grantedAt, grantedBy }) {
  const place = refusals();
  const revoke = sureButton("Revoke", "They are a stranger again, and are not told.", {
    act: "revoke",
    name: `Revoke ${id} in ${accountId}`,
    place,
    run: () => api.act("pairing/revoke", { handle: id, account: accountId }),
    said: `${id} was put out.`,
  });
  return el("li.card", null,
    el("div.card-top", null, el("h2.words", null, id), el("span.soft.small", null, ago(grantedAt))),
    el("p.soft.words", null, `May write to account ${accountId}. Let in by: ${BY[grantedBy] ?? grantedBy}.`),
    el("div.row", null, revoke), place);
}

const BY = { operator: "you, here or on the command line", owner: "the owner, by a reply", import: "the original OpenClaw" };
