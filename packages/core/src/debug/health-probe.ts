import type { Clock, Timer } from '../clock/clock.js';
import type { HealthCheckKind } from './health-check.js';
import type { HealthOptions } from './health-options.js';

// A check that never succeeded holds up a start, so that it is tried again sooner.
const firstMs = 1_000;
// Runs of one check that took too long and are still at it. One may have lost its answer for good; more are a heap, that grows
// slowly from there on: the check must get the chance to succeed again.
const mostAbandoned = 3;
const pauseWithAbandonedMs = 60_000;
const longestErrorChars = 500;

/** What is asked, and how often. */
export interface Check {
  readonly name: string;
  readonly kind: HealthCheckKind;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Fails by throwing, by rejecting, by `false`, and by taking too long. */
  readonly run: () => unknown;
}

/**
 * How a check fares, with hysteresis: healthy after its first success, unhealthy after a few failures in a row (before its
 * first success a `readiness` check after one), healthy again after a few successes. Until one of them `unknown`.
 */
export type CheckState = 'unknown' | 'healthy' | 'unhealthy';

/** How one check fares at one moment: plain data, for reports. */
export interface CheckReport {
  readonly name: string;
  readonly kind: HealthCheckKind;
  readonly state: CheckState;
  /** How long it has been in that state, in ms. */
  readonly forMs: number;
  /** Why the last run that failed did; also after it has recovered. Without a stack. */
  readonly lastError?: string;
  /** Runs that have failed since the last that succeeded. */
  readonly failures: number;
  /** How long these failures have gone on, in ms; 0 without any. */
  readonly failingForMs: number;
  /** How long the last run took, in ms; absent before the first has ended. */
  readonly tookMs?: number;
}

/** Runs one check over and over, in the background, and judges it. */
export class HealthProbe {
  private state: CheckState = 'unknown';
  /** It has succeeded once. */
  private passed = false;
  private since: number;
  private failures = 0;
  private failingSince = 0;
  private successes = 0;
  private lastError?: string;
  private tookMs?: number;
  private abandoned = 0;
  /** When the check was last really run. */
  private begunAt = 0;
  private stopped = false;
  /** Ends the run that is under way as too late, or begins the next: there is one of both at a time. */
  private timer?: Timer;

  /** @param judged Called after each run, with the state before it. */
  constructor(
    readonly check: Check,
    private readonly clock: Clock,
    private readonly options: Required<HealthOptions>,
    private readonly judged: (probe: HealthProbe, before: CheckState) => void,
  ) {
    this.since = clock.now();
  }

  /** Begins at once. */
  start(): void {
    this.begin();
  }

  /** What still runs is left to itself; no timer stays, and nothing is told any more. */
  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  report(): CheckReport {
    const now = this.clock.now();
    const { name, kind } = this.check;
    return {
      name,
      kind,
      state: this.state,
      forMs: now - this.since,
      ...(this.lastError === undefined ? {} : { lastError: this.lastError }),
      failures: this.failures,
      failingForMs: this.failures === 0 ? 0 : now - this.failingSince,
      ...(this.tookMs === undefined ? {} : { tookMs: this.tookMs }),
    };
  }

  private begin(): void {
    const startedAt = this.clock.now();
    const { timeoutMs, run } = this.check;
    const pauseMs = this.abandoned < mostAbandoned ? 0 : pauseWithAbandonedMs * 2 ** (this.abandoned - mostAbandoned);
    if (startedAt - this.begunAt < pauseMs) {
      const hanging = `${this.abandoned} runs that took longer than ${timeoutMs} ms have not ended yet`;
      return this.conclude(startedAt, hanging);
    }
    this.begunAt = startedAt;
    let late = false;
    this.timer = this.clock.setTimer(
      timeoutMs,
      () => {
        late = true;
        this.abandoned++;
        this.conclude(startedAt, `no answer within ${timeoutMs} ms`);
      },
      true,
    );
    void outcome(run).then((error) => {
      if (late) this.abandoned--;
      else this.conclude(startedAt, error);
    });
  }

  private conclude(startedAt: number, error: string | undefined): void {
    this.timer?.cancel();
    if (this.stopped) return;
    const now = this.clock.now();
    const before = this.state;
    this.tookMs = now - startedAt;
    if (error === undefined) this.succeeded(now);
    else this.failed(now, error);
    const { intervalMs } = this.check;
    const everyMs = this.passed ? intervalMs : Math.min(intervalMs, firstMs);
    this.timer = this.clock.setTimer(startedAt + everyMs - now, () => this.begin(), true);
    this.judged(this, before);
  }

  private succeeded(now: number): void {
    this.failures = 0;
    this.successes++;
    if (!this.passed || this.successes >= this.options.successesToReady) this.become('healthy', now);
    this.passed = true;
  }

  private failed(now: number, error: string): void {
    this.successes = 0;
    this.lastError = error;
    if (this.failures++ === 0) this.failingSince = now;
    // Nothing depends yet on what was never ready, so that one failure says it; being dead is said with more care.
    const first = !this.passed && this.check.kind === 'readiness';
    if (first || this.failures >= this.options.failuresToUnready) this.become('unhealthy', now);
  }

  private become(state: CheckState, now: number): void {
    if (state === this.state) return;
    this.state = state;
    this.since = now;
  }
}

/** Why a run failed; `undefined` when it did not. */
async function outcome(run: () => unknown): Promise<string | undefined> {
  try {
    return (await run()) === false ? 'it returned false' : undefined;
  } catch (error) {
    return told(error).slice(0, longestErrorChars);
  }
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What a connection to several addresses ends with has a code, and no message.
  const { code } = error as { code?: unknown };
  return error.message || (typeof code === 'string' ? code : error.name);
}
