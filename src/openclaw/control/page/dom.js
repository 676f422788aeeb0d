// Owns making, refreshing and focusing elements. Text only ever becomes text nodes: there is no way here to set
// markup, so nothing a contact wrote can turn into it. Knows nothing of what is shown.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `tag` may carry classes ("div.card.quiet"); attributes starting with "on" are listeners. */
export function el(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  return furnish(document.createElement(name), classes, attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes, ...children) {
  const [name, ...classes] = tag.split(".");
  return furnish(document.createElementNS(SVG, name), classes, attributes, children);
}

function furnish(element, classes, attributes, children) {
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Make `children` the content of `element`. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Set text only where it differs, so that a screen reader is not told the same twice. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Bring the rows of `list` in line with `items`. A row whose item did not change is left alone, with all that a person
 * may have done in it; a changed one is made anew and takes over the focus. Returns how many rows were made or removed.
 */
export function reconcile(list, items, keyOf, make) {
  const focused = focusWithin(list);
  const old = new Map([...list.children].map((row) => [row.dataset.key, row]));
  let changes = removeOthers(old, new Set(items.map((item) => String(keyOf(item)))));
  let place = list.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const print = JSON.stringify(item);
    let row = old.get(key);
    if (!row || row.print !== print) {
      const fresh = make(item, row);
      fresh.dataset.key = key;
      fresh.print = print;
      if (row) {
        if (place === row) place = fresh;
        row.replaceWith(fresh);
      }
      row = fresh;
      changes += 1;
    }
    if (row === place) place = place.nextElementSibling;
    else list.insertBefore(row, place);
  }
  restoreFocus(list, focused);
  return changes;
}

// First, so that the rows that stay need not be moved: moving a row takes the focus from it.
function removeOthers(rows, keys) {
  const gone = [...rows].filter(([key]) => !keys.has(key));
  for (const [, row] of gone) row.remove();
  return gone.length;
}

// Where the focus is, in words that still mean something after the rows were made anew.
function focusWithin(list) {
  const active = document.activeElement;
  if (!active || active === list || !list.contains(active)) return null;
  const row = [...list.children].find((child) => child.contains(active));
  return { key: row.dataset.key, act: active.dataset.act, place: [...list.children].indexOf(row) };
}

function restoreFocus(list, focused) {
  if (!focused || list.contains(document.activeElement)) return;
  const rows = [...list.children];
  const row = rows.find((child) => child.dataset.key === focused.key);
  const next = row ?? rows[Math.min(focused.place, rows.length - 1)];
  const wanted = row && focused.act ? row.querySelector(`[data-act="${CSS.escape(focused.act)}"]`) : null;
  const target = wanted ?? next?.querySelector("button, a, input, [tabindex]") ?? document.querySelector("main h1");
  target?.focus({ preventScroll: Boolean(row) });
}

/** An id that no other element has, for labels and descriptions. */
export function freshId(word) {
  lastId += 1;
  return `${word}-${lastId}`;
}
let lastId = 0;
