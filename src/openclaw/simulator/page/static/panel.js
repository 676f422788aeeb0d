// Owns the panel of what goes wrong: the switches of the Mac, the two doings of the open conversation, and the panel's
// own coming and going on windows too narrow to keep it open.

import { act } from "./api.js";
import { byId, el, tell } from "./dom.js";
import { freshId } from "./dialogs.js";

const NAMES = { off: "Off", once: "Once", on: "On" };

export function showPanel(store, switches, wide) {
  const panel = byId("panel");
  const cards = switches.map((each) => drawSwitch(each, turn));
  byId("switches").replaceChildren(...cards.map((card) => card.element));
  byId("doings").replaceChildren(...drawDoings(store, attempt));
  byId("open-panel").addEventListener("click", () => show(true));
  byId("close-panel").addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !wide.matches) show(false);
  });
  wide.addEventListener("change", fit);
  store.on("settings", draw);
  fit();
  draw();

  function show(open) {
    panel.hidden = !open;
    byId("open-panel").setAttribute("aria-expanded", String(open));
    (open ? byId("close-panel") : byId("open-panel")).focus();
  }

  function fit() {
    panel.hidden = !wide.matches;
    byId("open-panel").setAttribute("aria-expanded", "false");
  }

  function draw() {
    for (const card of cards) card.draw(store.trouble[card.kind] ?? "off");
    const on = Object.values(store.trouble).filter((mode) => mode !== "off").length;
    const count = byId("trouble-count");
    tell(count, on ? String(on) : "");
    byId("open-panel").setAttribute("aria-label", on ? `What goes wrong, ${on} on` : "What goes wrong");
    if (store.problem) tell(byId("panel-problem"), store.problem);
  }

  function turn(kind, mode) {
    return attempt(async () => store.takeSettings(await act("trouble", { kind, mode })));
  }

  async function attempt(work) {
    try {
      tell(byId("panel-problem"), "");
      await work();
      return true;
    } catch (error) {
      tell(byId("panel-problem"), error.message);
      draw();
      return false;
    }
  }
}

function drawSwitch({ kind, name, story, modes }, turn) {
  if (!modes.includes("on")) return drawMoment({ kind, name, story }, turn);
  const group = freshId("switch");
  const radios = modes.map((mode) =>
    el("input", { type: "radio", name: group, value: mode, onchange: () => turn(kind, mode) }),
  );
  const labels = radios.map((radio) => el("label.segment", {}, radio, el("span", {}, NAMES[radio.value])));
  const element = el(
    "fieldset.switch",
    { "data-kind": kind },
    el("legend", {}, name),
    el("p.soft.small", {}, story),
    el("div.segment-row", {}, labels),
  );
  const draw = (mode) => {
    element.dataset.mode = mode;
    for (const radio of radios) radio.checked = radio.value === mode;
  };
  return { kind, element, draw };
}

/** What happens at the press and is over: there is nothing to switch off. */
function drawMoment({ kind, name, story }, turn) {
  const button = el("button.pill", { type: "button" }, "Make it happen");
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    await turn(kind, "once");
    button.setAttribute("aria-disabled", "false");
  });
  const id = freshId("moment");
  button.setAttribute("aria-describedby", id);
  button.setAttribute("aria-label", `${name}: make it happen`);
  const element = el("div.switch", { "data-kind": kind }, el("h3", { id }, name), el("p.soft.small", {}, story), button);
  return { kind, element, draw: (mode) => (element.dataset.mode = mode) };
}

function drawDoings(store, attempt) {
  const echo = el("button.pill", { type: "button" }, "Echo the last answer");
  echo.addEventListener("click", () => {
    const chat = store.chat();
    if (chat) attempt(() => act(`chats/${chat.id}/echo`, { sender: store.writer(chat) }));
  });
  const id = freshId("owner");
  const words = el("input.field", { id, type: "text", maxlength: 20000, autocomplete: "off", placeholder: "I will do it myself" });
  const form = el("form.inline", {}, words, el("button.pill", { type: "submit" }, "Type it"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chat = store.chat();
    const text = words.value.trim();
    if (chat && text && (await attempt(() => act(`chats/${chat.id}/owner`, { text })))) words.value = "";
  });
  const doings = [
    el("div.switch", {}, el("h4", {}, "Echo"), el("p.soft.small", {}, "What the account just said comes back as if the contact had written it."), echo),
    el(
      "div.switch",
      {},
      el("h4", {}, el("label", { for: id }, "The owner types on their own phone")),
      el("p.soft.small", {}, "Words of the account that no agent sent: the owner of the number answers by hand."),
      form,
    ),
  ];
  const draw = () => {
    const none = !store.chat();
    for (const each of [echo, words, form.lastElementChild]) each.disabled = none;
  };
  store.on("open", draw);
  draw();
  return doings;
}
