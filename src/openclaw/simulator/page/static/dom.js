// Owns making and refreshing elements. Text only ever becomes text nodes; there is no way here to set markup.

/** An element: `tag` may carry classes ("span.soft"); attributes that start with "on" are listeners. */
export function el(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A line icon from one path. */
export function icon(path) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

export const byId = (id) => document.getElementById(id);

/** Set text only where it differs, so that a screen reader is not told the same twice. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Show `text` in an element that is hidden without one. */
export function tell(element, text) {
  write(element, text);
  element.hidden = !text;
}

/**
 * Bring the children of `list` in line with `items` (each has a `key`). What did not change is left alone; what moved
 * or changed keeps the focus.
 */
export function reconcile(list, items, make) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const active = document.activeElement;
  const held = list.contains(active) ? active.closest("[data-key]")?.dataset.key : undefined;
  let place = list.firstElementChild;
  for (const item of items) {
    const key = String(item.key);
    const print = JSON.stringify(item);
    let child = old.get(key);
    old.delete(key);
    if (!child || child.print !== print) {
      const fresh = make(item);
      fresh.dataset.key = key;
      fresh.print = print;
      if (child === place) place = child?.nextElementSibling ?? null;
      child?.remove();
      child = fresh;
    }
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
  if (held !== undefined && !list.contains(document.activeElement)) {
    const again = [...list.children].find((child) => child.dataset.key === held);
    (again?.matches("button") ? again : again?.querySelector("button"))?.focus({ preventScroll: true });
  }
}

/**
 * One tab stop for a long list: the arrow keys, Home and End move among the elements that match `selector`.
 */
export function rove(list, selector) {
  const stops = () => [...list.querySelectorAll(selector)];
  list.addEventListener("focusin", (event) => {
    const stop = event.target.closest(selector);
    if (stop) for (const each of stops()) each.tabIndex = each === stop ? 0 : -1;
  });
  list.addEventListener("keydown", (event) => {
    const all = stops();
    const at = all.indexOf(event.target.closest(selector));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    all[Math.max(0, Math.min(to, all.length - 1))].focus();
  });
}

/** After a refresh: see that exactly one element of the list can be reached by Tab. */
export function keepOneStop(list, selector, preferred) {
  const all = [...list.querySelectorAll(selector)];
  if (!all.length || all.includes(document.activeElement)) return;
  const chosen = preferred && all.includes(preferred) ? preferred : all[0];
  for (const each of all) each.tabIndex = each === chosen ? 0 : -1;
}
