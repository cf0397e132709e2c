import type { Clock } from '@skerry/core';
import { Latencies } from './latencies.js';
import type { LoadPlan } from './load-options.js';

/** Errors with one code. */
export interface ErrorTally {
  count: number;
  /** Of the first. */
  readonly example: string;
}

/** One piece of work. Rejects when it has failed. @param index Counts from 0. */
export type Work = (index: number, signal: AbortSignal) => Promise<unknown>;

/** Does the same work over and over, as a plan says, and measures it. Once. */
export class LoadRun {
  /** Of those that succeeded. */
  readonly latencies = new Latencies();
  readonly errors = new Map<string, ErrorTally>();
  succeeded = 0;
  failed = 0;
  private endedAt?: number;
  private startedAt: number;
  private begun = 0;

  constructor(
    readonly plan: LoadPlan,
    private readonly clock: Clock,
  ) {
    this.startedAt = clock.now();
  }

  /** How long it has been going; after its end, how long it was. */
  get elapsedMs(): number {
    return (this.endedAt ?? this.clock.now()) - this.startedAt;
  }

  /** Those that were due by the plan's rate, and for which none of those under way had ended in time. */
  get notBegun(): number {
    const { perSecond, repeat, durationMs } = this.plan;
    if (perSecond === undefined) return 0;
    const due = Math.min(repeat, Math.ceil((Math.min(this.elapsedMs, durationMs) * perSecond) / 1_000));
    return Math.max(0, due - this.begun);
  }

  /**
   * Resolves when there were enough of them and all have ended, or at once when the signal is aborted: what is under way then does not
   * count.
   */
  async run(work: Work, signal: AbortSignal): Promise<void> {
    this.startedAt = this.clock.now();
    const { concurrency, repeat } = this.plan;
    const workers = Array.from({ length: Math.min(concurrency, repeat) }, () => this.keepAt(work, signal));
    await Promise.all(workers);
    this.endedAt = this.clock.now();
  }

  private async keepAt(work: Work, signal: AbortSignal): Promise<void> {
    const { plan, clock, startedAt } = this;
    for (;;) {
      if (signal.aborted || this.begun >= plan.repeat) return;
      const index = this.begun;
      const dueAt = plan.perSecond === undefined ? clock.now() : startedAt + (index * 1_000) / plan.perSecond;
      if (Math.max(dueAt, clock.now()) - startedAt >= plan.durationMs) return;
      this.begun++;
      let from = dueAt;
      if (clock.now() < dueAt) {
        try {
          await clock.sleep(dueAt - clock.now(), signal);
        } catch {
          this.begun--;
          return;
        }
        // That a timer is late is nobody's fault. What comes late because others took long is counted from when it was due: else the
        // time in which nothing was answered would be measured by the few that were under way (coordinated omission).
        from = clock.now();
      }
      await this.measure(work, index, from, signal);
    }
  }

  private async measure(work: Work, index: number, from: number, signal: AbortSignal): Promise<void> {
    try {
      await work(index, signal);
      if (signal.aborted) return;
      this.succeeded++;
      this.latencies.record(this.clock.now() - from);
    } catch (error) {
      if (!signal.aborted) this.tally(error);
    }
  }

  private tally(error: unknown): void {
    this.failed++;
    const { code, name, message } = error as Partial<Record<'code' | 'name' | 'message', unknown>>;
    const key = [code, name].find((each) => typeof each === 'string' && each !== '') as string | undefined;
    const tally = this.errors.get(key ?? 'unknown');
    if (tally) tally.count++;
    else
      this.errors.set(key ?? 'unknown', { count: 1, example: typeof message === 'string' ? message : String(error) });
  }
}
