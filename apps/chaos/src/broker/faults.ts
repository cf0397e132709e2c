import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MemberProcess } from './member-process.js';
import type { Tally } from './tally.js';

export interface FaultPlan {
  readonly seed: number;
  /** From one kill to the next, in ms; longer where starting again takes longer. */
  readonly killEveryMs: number;
  readonly restarts: number;
}

export interface FaultTargets {
  readonly consumers: readonly MemberProcess[];
  /** What keeps the messages: ends at once and begins again. Gives whether it was seen to end. */
  readonly restart: () => Promise<boolean>;
}

/** What was seen to happen. */
export interface SeenFaults {
  kills: number;
  restarts: number;
}

/**
 * One fault after the other, until the signal aborts: a consumer that the seed chooses is killed and started again; what keeps the
 * messages is restarted as soon as a fair part of them is confirmed, `1/3` and `2/3` for two.
 *
 * @param seen Counts those after which there was still something to handle.
 */
export async function causeFaults(
  { seed, killEveryMs, restarts }: FaultPlan,
  { consumers, restart }: FaultTargets,
  tally: Tally,
  seen: SeenFaults,
  signal: AbortSignal,
): Promise<void> {
  let begun = 0;
  for (let fault = 0; ; fault++) {
    const nextAt = performance.now() + killEveryMs;
    if (begun < restarts && tally.confirmed * (restarts + 1) >= tally.count * (begun + 1)) {
      begun++;
      if (await restart()) seen.restarts++;
    } else if (fault > 0) {
      const { length } = consumers;
      const consumer = consumers[Math.floor(chance(seed, fault) * length)]!;
      const counts = !tally.complete;
      if ((await consumer.kill()) && counts) seen.kills++;
      if (signal.aborted) return;
      await consumer.start();
    }
    await sleep(Math.max(0, nextAt - performance.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

/** Uniform in [0, 1), the same for one seed and number in every run. */
export function chance(seed: number, number: number): number {
  return createHash('sha256').update(`${seed}/${number}`).digest().readUInt32BE() / 2 ** 32;
}
