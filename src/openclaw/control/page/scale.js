// Owns the numbers behind a chart: round ticks and where a value lies. Knows no element.

/** Round values from 0 up to at least `most`, about three of them and no closer together than `least`. */
export function ticks(most, least = 0) {
  const step = Math.max(least, roundStep(most / 3));
  const values = [];
  for (let value = 0; value < most + step && values.length < 6; value += step) values.push(value);
  return values;
}

/** The paths of a line through `points` ([x, y] or null): a gap where there was nothing, a dot where one stands alone. */
export function paths(points) {
  const runs = [[]];
  for (const point of points) {
    if (point) runs.at(-1).push(point);
    else if (runs.at(-1).length) runs.push([]);
  }
  return runs.filter((run) => run.length).map((run) => {
    const [first, ...rest] = run.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    return `M${first}${rest.length ? `L${rest.join("L")}` : "h0.01"}`;
  });
}

function roundStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  const part = rough / power;
  return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}
