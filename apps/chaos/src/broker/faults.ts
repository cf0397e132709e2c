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

// Short against the time that the messages of a third of a run take.
const lookEveryMs = 20;

/**
 * Faults of two kinds until the signal aborts: one consumer after the other, which the seed chooses, is killed and started again; and
 * what keeps the messages is restarted as soon as a fair part of them is confirmed, `1/3` and `2/3` for two, however long a
 * consumer takes to start.
 *
 * @param seen Counts those after which there was still something to handle.
 */
export async function causeFaults(
  plan: FaultPlan,
  { consumers, restart }: FaultTargets,
  tally: Tally,
  seen: SeenFaults,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([kill(plan, consumers, tally, seen, signal), restarts(plan, restart, tally, seen, signal)]);
}

async function kill(
  { seed, killEveryMs }: FaultPlan,
  consumers: readonly MemberProcess[],
  tally: Tally,
  seen: SeenFaults,
  signal: AbortSignal,
): Promise<void> {
  await pause(killEveryMs, signal);
  for (let fault = 1; !signal.aborted; fault++) {
    const nextAt = performance.now() + killEveryMs;
    const consumer = consumers[Math.floor(chance(seed, fault) * consumers.length)]!;
    const counts = !tally.complete;
    if ((await consumer.kill()) && counts) seen.kills++;
    if (signal.aborted) return;
    await consumer.start();
    await pause(nextAt - performance.now(), signal);
  }
}

async function restarts(
  plan: FaultPlan,
  restart: FaultTargets['restart'],
  tally: Tally,
  seen: SeenFaults,
  signal: AbortSignal,
): Promise<void> {
  for (let begun = 0; begun < plan.restarts && !signal.aborted;) {
    if (tally.confirmed * (plan.restarts + 1) >= tally.count * (begun + 1)) {
      begun++;
      if (await restart()) seen.restarts++;
    }
    await pause(lookEveryMs, signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
}

/** Uniform in [0, 1), the same for one seed and number in every run. */
function chance(seed: number, number: number): number {
  return createHash('sha256').update(`${seed}/${number}`).digest().readUInt32BE() / 2 ** 32;
}
