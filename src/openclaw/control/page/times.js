// Owns how moments and durations are written. Every relative time on the page is kept true by one clock.

import { el } from "./dom.js";

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const EXACT = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const REFRESH_MS = 20_000;

/** A `<time>` that says how long ago `iso` was, or how long until then, and keeps saying it truly. */
export function ago(iso, length = "long") {
  return el("time", { datetime: iso, title: full(iso), "data-ago": length }, relative(iso, length));
}

/** A `<time>` with the clock, and the day when it is not today. */
export function at(iso) {
  return el("time", { datetime: iso, title: full(iso) }, clock(iso));
}

/** Keep every relative time of the page true. */
export function startClock() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time[data-ago]")) {
      const text = relative(element.dateTime, element.dataset.ago);
      if (element.textContent !== text) element.textContent = text;
    }
  }, REFRESH_MS);
}

/** "14:05", or "Mon 3 Mar, 14:05" when it was not today. */
export function clock(iso) {
  const moment = new Date(iso);
  const time = CLOCK.format(moment);
  return isToday(moment) ? time : `${DAY.format(moment)}, ${time}`;
}

/** "14:05:09", for steps that lie close together. */
export function exact(iso) {
  return EXACT.format(new Date(iso));
}

/** "today", "yesterday", or the date. */
export function day(iso) {
  const moment = new Date(iso);
  if (isToday(moment)) return "Today";
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  return moment.toDateString() === yesterday.toDateString() ? "Yesterday" : DAY.format(moment);
}

/** Everything about the moment. */
export function full(iso) {
  return FULL.format(new Date(iso));
}

/** A duration in words as short as they can be: "320 ms", "4.2 s", "3 min", "2 h". */
export function span(ms) {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  if (ms < 90_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 5_400_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`;
}

function isToday(moment) {
  return moment.toDateString() === new Date().toDateString();
}

function relative(iso, length) {
  const seconds = (new Date(iso) - Date.now()) / 1_000;
  const size = Math.abs(seconds);
  if (size < 45) return seconds > 5 ? "in a moment" : length === "short" ? "now" : "just now";
  if (length === "short") return span(size * 1_000);
  if (size < 2_700) return AGO.format(Math.round(seconds / 60), "minute");
  if (size < 79_200) return AGO.format(Math.round(seconds / 3_600), "hour");
  return AGO.format(Math.round(seconds / 86_400), "day");
}
