/** One call of a load: when it began, what came of it. */
export interface Sample {
  readonly beganAt: number;
  readonly tookMs: number;
  readonly answer?: unknown;
  /** Code of the error. */
  readonly failure?: string;
}

// Timers are late at times: what is due is begun together, so that the rate holds all the same.
const tickMs = 5;

/** Begins calls at a steady rate, whether or not earlier ones have ended, and remembers what came of each. */
export class Load {
  readonly samples: Sample[] = [];
  private readonly startedAt = performance.now();
  private readonly timer: NodeJS.Timeout;
  private readonly open = new Set<Promise<void>>();
  private begun = 0;

  constructor(
    private readonly call: () => Promise<unknown>,
    perSecond: number,
  ) {
    this.timer = setInterval(() => {
      const due = ((performance.now() - this.startedAt) * perSecond) / 1_000;
      while (this.begun < due) this.begin();
    }, tickMs);
  }

  /** Everything that was ended, and failed. */
  get failures(): readonly Sample[] {
    return this.samples.filter(({ failure }) => failure !== undefined);
  }

  /** What the calls that ended since a moment answered, without repetition. */
  answersSince(at: number): Set<unknown> {
    return new Set(
      this.samples.filter((each) => each.beganAt >= at && each.failure === undefined).map(({ answer }) => answer),
    );
  }

  /** How many calls ended since a moment. */
  endedSince(at: number): number {
    return this.samples.filter(({ beganAt, tookMs }) => beganAt + tookMs >= at).length;
  }

  /** The failures by code, for messages: `{ SKERRY_RPC_CONNECTION_LOST: 3 }`. */
  get failuresByCode(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { failure } of this.failures) counts[failure!] = (counts[failure!] ?? 0) + 1;
    return counts;
  }

  /** Begins no more calls; resolves when the last one has ended. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
  }

  private begin(): void {
    this.begun++;
    const beganAt = performance.now();
    const ended = (more: Pick<Sample, 'answer' | 'failure'>): void => {
      this.samples.push({ beganAt, tookMs: performance.now() - beganAt, ...more });
      this.open.delete(running);
    };
    const running: Promise<void> = this.call().then(
      (answer) => ended({ answer }),
      (error: unknown) => ended({ failure: String((error as { code?: unknown }).code ?? error) }),
    );
    this.open.add(running);
  }
}

/** How long the slowest but one in a hundred took, in ms. */
export function p99(samples: readonly Sample[]): number {
  const sorted = samples.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}
