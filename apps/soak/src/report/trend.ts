/** One value at one moment. */
export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** How much the value grows each minute: the slope of the line that fits best (least squares). 0 for less than two points. */
export function slopePerMinute(points: readonly Point[]): number {
  const count = points.length;
  const meanAt = points.reduce((sum, { atMs }) => sum + atMs, 0) / count;
  const mean = points.reduce((sum, { value }) => sum + value, 0) / count;
  let [together, spread] = [0, 0];
  for (const { atMs, value } of points) {
    together += (atMs - meanAt) * (value - mean);
    spread += (atMs - meanAt) ** 2;
  }
  return spread > 0 ? (together / spread) * 60_000 : 0;
}

/** How much higher the end is than the beginning, each a third, by their medians: single outliers count for nothing. */
export function drift(points: readonly Point[]): number {
  const third = Math.max(1, Math.floor(points.length / 3));
  return median(points.slice(-third)) - median(points.slice(0, third));
}

export function median(points: readonly Point[]): number {
  const sorted = points.map(({ value }) => value).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The second half, by time: what came before is warming up. */
export function secondHalf(points: readonly Point[]): Point[] {
  const last = points.at(-1)?.atMs ?? 0;
  return points.filter(({ atMs }) => atMs >= last / 2);
}
