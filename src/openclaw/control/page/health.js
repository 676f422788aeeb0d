// Owns the view of how the gateway has been doing: four charts over the last day and what waits now.

import { chart } from "./chart.js";
import { el, fill } from "./dom.js";
import { at, span } from "./times.js";
import { many } from "./words.js";

const HOURS = 24;

/** The view; its charts are drawn anew when messages, turns or deliveries changed. */
export function openHealth({ api }) {
  const now = el("p.lead");
  const charts = el("div.charts");
  const drawn = CHARTS.map(({ title, says, ...rest }) => chart({ title, says, ...rest }));
  fill(charts, drawn.map(({ element }) => element));

  async function load() {
    const health = await api.look("health", { hours: HOURS });
    fill(now, summary(health));
    drawn.forEach(({ draw }) => draw(health.buckets));
  }

  return {
    title: "Health",
    wants: ["messages", "deliveries", "turns"],
    element: el("section.view.broad", null, el("h1", { tabindex: "-1" }, "Health"), now, charts),
    load,
  };
}

function summary({ buckets, now }) {
  const sum = (name) => buckets.reduce((total, bucket) => total + (bucket[name] ?? 0), 0);
  const oldest = now.oldestQueuedSeconds;
  return [
    `In the last ${HOURS} hours ${many(sum("received"), "message")} came in and ${many(sum("answered"), "message")} got an answer. `,
    now.waiting ? `${many(now.waiting, "message")} waiting for an agent now. ` : "No message waits for an agent now. ",
    oldest === null ? "Nothing waits to be sent." : `The oldest unsent answer has waited ${span(oldest * 1_000)}.`,
    buckets.length ? el("span.soft", null, " Since ", at(buckets[0].at), ".") : null,
  ];
}

const seconds = (value) => (value === 0 ? "0" : span(value * 1_000));
const count = (value) => Math.round(value).toLocaleString("en");

const CHARTS = [
  {
    title: "Messages per hour",
    says: "How many messages came in, and how many of them got an answer.",
    shape: "bars",
    unit: count,
    series: [{ name: "came in", key: "received" }, { name: "answered", key: "answered" }],
  },
  {
    title: "Time until an answer",
    says: "From a message reaching the gateway until its answer left: half are faster than the median, 95 of 100 faster than the slow end.",
    shape: "lines",
    unit: seconds,
    series: [{ name: "median", key: "latencyMedianSeconds" }, { name: "slow end (95 of 100)", key: "latencyP95Seconds" }],
  },
  {
    title: "How late messages reach the gateway",
    says: "The longest time between a message being written and the gateway hearing of it.",
    shape: "lines",
    unit: seconds,
    series: [{ name: "longest delay", key: "readLagSeconds" }],
  },
  {
    title: "Longest wait to be sent",
    says: "How long the slowest answer of each hour waited before it left for the phone.",
    shape: "lines",
    unit: seconds,
    series: [{ name: "longest wait", key: "outboxSeconds" }],
  },
];
