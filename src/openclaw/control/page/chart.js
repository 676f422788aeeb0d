// Owns one chart: a title in words, axes that say what they count, the value under the pointer or the arrow keys, and the
// same numbers as a table. Drawn in SVG; knows nothing of where the numbers come from.

import { el, fill, freshId, svg, write } from "./dom.js";
import { paths, ticks } from "./scale.js";
import { clock } from "./times.js";

const WIDE = 460;
const HIGH = 180;
const PLOT = { left: 48, right: WIDE - 8, top: 10, bottom: HIGH - 26 };
const LABEL_EVERY = 6;

/** A chart of `series` ({name, key}) over hourly buckets; `draw` shows new buckets and keeps the place of the reader. */
export function chart({ title, says, shape, unit, series }) {
  const ids = { title: freshId("chart"), readout: freshId("readout") };
  const readout = el("p.readout.small", { id: ids.readout, "aria-live": "polite" });
  const picture = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" });
  const stage = el("div.stage", {
    tabindex: "0", role: "group", "aria-labelledby": ids.title, "aria-describedby": ids.readout,
    "aria-roledescription": "chart, arrow keys read the hours",
  }, picture);
  const table = el("table");
  const more = el("details", null, el("summary", null, "As a table"), el("div.table-place", { tabindex: "0", role: "region", "aria-label": `${title}, as a table` }, table));
  let buckets = [];
  let print = "";
  let place = -1;

  function draw(fresh) {
    const next = JSON.stringify(fresh);
    if (next === print) return;
    print = next;
    buckets = fresh;
    paint();
    fill(table, ...tableOf({ title, series, unit, buckets }));
  }
  function paint() {
    fill(picture, ...drawing({ shape, series, unit, buckets, place }));
    write(readout, place < 0 || !buckets[place] ? overview() : reading(buckets[place]));
  }
  function point(index) {
    const next = Math.max(-1, Math.min(buckets.length - 1, index));
    if (next === place) return;
    place = next;
    paint();
  }
  function overview() {
    const peaks = series.map(({ name, key }) => [name, peak(buckets, key)]).filter(([, value]) => value !== null);
    if (!peaks.length) return "Nothing to show yet.";
    return `Highest: ${peaks.map(([name, value]) => `${name} ${unit(value)}`).join(", ")}.`;
  }
  function reading(bucket) {
    const values = series.map(({ name, key }) => `${name} ${bucket[key] === null ? "–" : unit(bucket[key])}`);
    return `From ${clock(bucket.at)}: ${values.join(", ")}`;
  }

  stage.addEventListener("pointermove", (event) => point(indexUnder(event, picture, buckets.length)));
  stage.addEventListener("pointerleave", () => point(-1));
  stage.addEventListener("blur", () => point(-1));
  stage.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: place < 0 ? buckets.length - 1 : place - 1, ArrowRight: place + 1, Home: 0, End: buckets.length - 1, Escape: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    point(event.key === "ArrowLeft" ? Math.max(0, step) : step);
  });
  const legend = series.length > 1 ? el("ul.legend.small.soft", null, series.map(({ name }, index) => el("li", { "data-series": index }, name))) : null;
  const element = el("section.card.chart", null, el("h2", { id: ids.title }, title), el("p.soft.small", null, says),
    legend, stage, readout, more);
  return { element, draw };
}

function indexUnder(event, picture, count) {
  const box = picture.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * WIDE;
  return Math.floor(((x - PLOT.left) / (PLOT.right - PLOT.left)) * count);
}

function peak(buckets, key) {
  const values = buckets.map((bucket) => bucket[key]).filter((value) => value !== null && value !== undefined);
  return values.length ? Math.max(...values) : null;
}

function drawing({ shape, series, unit, buckets, place }) {
  const most = Math.max(0, ...series.map(({ key }) => peak(buckets, key) ?? 0));
  const marks = ticks(most || 1, shape === "bars" ? 1 : 0);
  const top = marks.at(-1);
  const room = (PLOT.right - PLOT.left) / (buckets.length || 1);
  const x = (index) => PLOT.left + index * room;
  const y = (value) => PLOT.bottom - (value / top) * (PLOT.bottom - PLOT.top);
  const here = { x, y, room, series, buckets };
  return [
    ...marks.flatMap((value) => [
      svg("line.grid", { x1: PLOT.left, x2: PLOT.right, y1: y(value), y2: y(value) }),
      svg("text", { x: PLOT.left - 6, y: y(value) + 4, "text-anchor": "end" }, unit(value)),
    ]),
    ...hours(here),
    place >= 0 ? svg("rect.cursor", { x: x(place), y: PLOT.top, width: room, height: PLOT.bottom - PLOT.top }) : null,
    ...(shape === "bars" ? bars(here) : lines(here)),
  ].filter(Boolean);
}

function hours({ x, room, buckets }) {
  return buckets.map((bucket, index) => [bucket, index])
    .filter(([, index]) => (buckets.length - 1 - index) % LABEL_EVERY === 0)
    .map(([{ at }, index]) => svg("text", {
      x: x(index) + room / 2, y: HIGH - 8, "text-anchor": index === buckets.length - 1 ? "end" : "middle",
    }, index === buckets.length - 1 ? "now" : new Date(at).toTimeString().slice(0, 5)));
}

function bars({ x, y, room, series, buckets }) {
  const width = Math.max(1, (room * 0.76) / series.length);
  return buckets.flatMap((bucket, index) => series.map(({ key }, number) => {
    const high = PLOT.bottom - y(bucket[key] ?? 0);
    return svg("rect.bar", {
      "data-series": number, x: x(index) + room * 0.12 + number * width, y: PLOT.bottom - high, width, height: Math.max(0, high), rx: 1,
    });
  }));
}

function lines({ x, y, room, series, buckets }) {
  return series.flatMap(({ key }, number) => {
    const points = buckets.map((bucket, index) => (bucket[key] === null ? null : [x(index) + room / 2, y(bucket[key])]));
    return paths(points).map((d) => svg("path.line", { d, "data-series": number }));
  });
}

function tableOf({ title, series, unit, buckets }) {
  return [
    el("caption.unseen", null, title),
    el("thead", null, el("tr", null, el("th", { scope: "col" }, "Hour from"), series.map(({ name }) => el("th", { scope: "col" }, name)))),
    el("tbody", null, [...buckets].reverse().map((bucket) => el("tr", null, el("th", { scope: "row" }, clock(bucket.at)),
      series.map(({ key }) => el("td", null, bucket[key] === null ? "–" : unit(bucket[key])))))),
  ];
}
