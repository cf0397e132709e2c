import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What calls came to, by their code. */
export interface Tally {
  calls: number;
  /** Not begun, since too many were under way. */
  skipped: number;
  readonly failed: Record<string, number>;
  /** Of those, what neither the operation nor a fault explains: by operation and code. */
  readonly unexpected: Record<string, number>;
}

/** How a process is. */
export interface Vitals {
  readonly pid: number;
  readonly rssBytes: number;
  /** After a garbage collection. */
  readonly heapBytes: number;
  readonly handles: number;
  /** Since the last sample. */
  readonly loopDelayP99Ms: number;
  /** Rejections and exceptions that nobody handled, since it started. */
  readonly unhandled: readonly string[];
  /** The client's alone. */
  readonly tally?: Tally;
}

const longest = 20;

/** Answers each message of the parent with this process's vitals; ends with the parent. */
export function answerSamples(tally?: Tally): void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const unhandled: string[] = [];
  const note = (error: unknown): void => {
    if (unhandled.length < longest)
      unhandled.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  process.on('disconnect', () => process.exit());
  process.on('message', () => {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    const vitals: Vitals = {
      pid: process.pid,
      rssBytes: rss,
      heapBytes: heapUsed,
      handles: process.getActiveResourcesInfo().length,
      loopDelayP99Ms: delay.percentile(99) / 1e6,
      unhandled,
      ...(tally ? { tally } : {}),
    };
    delay.reset();
    // The parent may be going.
    if (process.connected) process.send!(vitals, () => undefined);
  });
}
