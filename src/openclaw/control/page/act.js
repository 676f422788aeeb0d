// Owns the button that asks the gateway for something: one press at a time, the outcome told, a refusal shown beside it.

import { Refused } from "./api.js";
import { el, fill, freshId } from "./dom.js";

/**
 * A button that does `run` when pressed. `act` names it for the focus; `said` is told to screen readers afterwards;
 * `place` is where a refusal is shown; `effect` is the id of the text that says what it does.
 */
export function button(label, { act, run, place, said, main = false, effect, name, plain = false }) {
  const tag = main ? "button.main" : plain ? "button.plain" : "button";
  const element = el(tag, { type: "button", "data-act": act, "aria-describedby": effect, "aria-label": name }, label);
  element.addEventListener("click", () => press(element, run, place, said));
  return element;
}

async function press(element, run, place, said) {
  if (element.getAttribute("aria-disabled") === "true") return;
  // Not the attribute "disabled": that would throw the focus away in the middle of the work.
  element.setAttribute("aria-disabled", "true");
  fill(place);
  try {
    const result = await run();
    announce(typeof said === "function" ? said(result) : said);
  } catch (error) {
    showRefusal(place, error);
  } finally {
    element.removeAttribute("aria-disabled");
  }
}

/** A button for what cannot be taken back: it asks `question` in its own place, and forgets that when one goes away. */
export function sureButton(label, question, { name, run, said, ...options }) {
  let sure = false;
  const element = button(label, {
    ...options,
    name,
    run: async () => {
      if (!sure) return ask(true);
      ask(false);
      await run();
      return true;
    },
    said: (done) => (done ? said : `Press again: ${question}`),
  });
  function ask(asks) {
    sure = asks;
    element.textContent = asks ? really(label) : label;
    element.setAttribute("aria-label", asks ? really(name) : name);
  }
  function really(what) {
    return `Really ${what.charAt(0).toLowerCase()}${what.slice(1)}? ${question}`;
  }
  element.addEventListener("blur", () => ask(false));
  return element;
}

/** The place for a refusal, to be put near its buttons. */
export function refusals() {
  return el("div.refusals");
}

/** Show in `place` what the gateway refused; an error of any other kind goes on. */
export function showRefusal(place, error) {
  if (!(error instanceof Refused)) throw error;
  fill(place, el("p.bad", { role: "alert" }, error.message));
}

/** Tell screen readers what happened. */
export function announce(text) {
  if (text) document.getElementById("news").textContent = text;
}

/** Choices one under the other, each with what it does for the people involved: `[label, effect, options]`. */
export function choices(list) {
  const rows = list.map(([label, effect, options]) => {
    const id = freshId("effect");
    return el("li", null, button(label, { ...options, effect: id }), el("span", { id }, effect));
  });
  return el("ul.choices", null, rows);
}
