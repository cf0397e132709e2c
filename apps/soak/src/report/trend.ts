/** One value at one moment. */
export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/**
 * How much the value grows each minute: the median of the slopes between any two points (Theil 1950, Sen 1968). A process that
 * was frozen, or whose pages were taken away for a while, dips and comes back; the line that fits best would call that growth.
 * 0 for less than two points.
 */
export function slopePerMinute(points: readonly Point[]): number {
  const slopes: Point[] = [];
  points.forEach((later, index) => {
    for (const earlier of points.slice(0, index)) {
      const minutes = (later.atMs - earlier.atMs) / 60_000;
      if (minutes > 0) slopes.push({ atMs: 0, value: (later.value - earlier.value) / minutes });
    }
  });
  return median(slopes);
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
