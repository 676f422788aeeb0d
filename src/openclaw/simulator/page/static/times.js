// Owns how moments are written. All of them come as Unix time in seconds.

const CLOCK = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const WEEKDAY = new Intl.DateTimeFormat("en", { weekday: "long" });
const SHORT = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const DAY = new Intl.DateTimeFormat("en", { weekday: "short", day: "numeric", month: "short" });
const YEAR = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });
const FULL = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium", hourCycle: "h23" });
const DAY_MS = 86_400_000;

export const clock = (at) => CLOCK.format(at * 1000);
export const full = (at) => FULL.format(at * 1000);
export const iso = (at) => new Date(at * 1000).toISOString();

/** A text that differs between days and is the same within one. */
export const dayKey = (at) => new Date(at * 1000).toDateString();

/** "Today", "Yesterday", "Wednesday", or the date. */
export function day(at) {
  const age = daysAgo(at);
  if (age === 0) return "Today";
  if (age === 1) return "Yesterday";
  if (age > 1 && age < 7) return WEEKDAY.format(at * 1000);
  return thisYear(at) ? DAY.format(at * 1000) : YEAR.format(at * 1000);
}

/** As short as the list has room for: the clock today, a day before that. */
export function brief(at) {
  const age = daysAgo(at);
  if (age === 0) return clock(at);
  if (age > 0 && age < 7) return day(at);
  return thisYear(at) ? SHORT.format(at * 1000) : YEAR.format(at * 1000);
}

function daysAgo(at) {
  return Math.round((midnight(Date.now()) - midnight(at * 1000)) / DAY_MS);
}

function midnight(ms) {
  return new Date(ms).setHours(0, 0, 0, 0);
}

function thisYear(at) {
  return new Date(at * 1000).getFullYear() === new Date().getFullYear();
}
