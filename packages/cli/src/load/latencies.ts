/** How long something took, many times, to a thousandth: so much memory, however many there are. In the manner of HdrHistogram. */
export class Latencies {
  /** By the number of the interval. */
  private readonly counts = new Map<number, number>();
  private least = Infinity;
  private most = 0;
  private sum = 0;
  count = 0;

  /** @param ms What lies below a microsecond is rounded up to one. */
  record(ms: number): void {
    const interval = intervalOf(Math.max(1, Math.round(ms * 1_000)));
    this.counts.set(interval, (this.counts.get(interval) ?? 0) + 1);
    this.count++;
    this.sum += ms;
    this.least = Math.min(this.least, ms);
    this.most = Math.max(this.most, ms);
  }

  /** In ms; 0 where nothing was recorded, as are the others. */
  get min(): number {
    return this.count === 0 ? 0 : this.least;
  }

  get max(): number {
    return this.most;
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count;
  }

  /** What `percent` of all did not exceed, in ms; never less than it was, and at most a thousandth more. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.count));
    let seen = 0;
    for (const [interval, count] of this.sorted()) {
      seen += count;
      if (seen >= wanted) return Math.min(this.most, Math.max(this.least, startOf(interval + 1) / 1_000));
    }
    return 0;
  }

  /** How many lie in each range of round numbers, from the least to the most, in ms; the end of one belongs to the next. */
  ranges(atMost = 16): LatencyRange[] {
    if (this.count === 0) return [];
    const bounds =
      [fine, coarse]
        .map((steps) => boundsOf(this.least, this.most, steps))
        .find(({ length }) => length <= atMost + 1) ?? boundsOf(this.least, this.most, [1]);
    const ranges = bounds.slice(1).map((toMs, at) => ({ fromMs: bounds[at]!, toMs, count: 0 }));
    for (const [interval, count] of this.counts) {
      const ms = startOf(interval) / 1_000;
      const range = ranges.findLast(({ fromMs }) => fromMs <= ms) ?? ranges[0]!;
      range.count += count;
    }
    return ranges;
  }

  private sorted(): [interval: number, count: number][] {
    return [...this.counts].sort(([a], [b]) => a - b);
  }
}

export interface LatencyRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

// Each power of two is split into so many intervals.
const perOctave = 1_024;

/** The interval that a whole number of microseconds lies in. */
function intervalOf(us: number): number {
  const octave = Math.max(0, Math.floor(Math.log2(us)) - Math.log2(perOctave));
  return octave * perOctave + Math.floor(us / 2 ** octave);
}

/** Where an interval begins, in microseconds. */
function startOf(interval: number): number {
  const octave = Math.max(0, Math.floor(interval / perOctave) - 1);
  return (interval - octave * perOctave) * 2 ** octave;
}

// Within a power of ten.
const fine = [1, 1.5, 2, 3, 5, 7];
const coarse = [1, 2, 5];

function boundsOf(least: number, most: number, steps: readonly number[]): number[] {
  const first = Math.floor(Math.log10(Math.max(least, 0.001)));
  const last = Math.ceil(Math.log10(Math.max(most, 0.001))) + 1;
  const all: number[] = [];
  for (let power = first; power <= last; power++) {
    for (const step of steps) all.push(Number((step * 10 ** power).toPrecision(3)));
  }
  const from = Math.max(
    0,
    all.findLastIndex((bound) => bound <= least),
  );
  const to = all.findIndex((bound) => bound > most);
  return all.slice(from, to + 1);
}
