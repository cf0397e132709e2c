import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.js';
import type { MemberProcess } from './member-process.js';

export type Fault = 'kill' | 'terminate' | 'freeze';

export interface FaultTimes {
  /** From the end of one fault to the next, at least and at most. */
  readonly everyMs: readonly [number, number];
  readonly frozenMs: number;
}

/**
 * One fault after the other, until the signal aborts: a server is killed and started again, stopped in order and started
 * again, or frozen for a while. The last server is only ever frozen, so that one lives as long as the soak and its memory can be
 * judged.
 *
 * @param began Told of each.
 */
export async function causeFaults(
  servers: readonly MemberProcess[],
  chance: Chance,
  { everyMs, frozenMs }: FaultTimes,
  signal: AbortSignal,
  began: (fault: Fault, server: MemberProcess) => void,
): Promise<void> {
  while (await pause(chance.between(...everyMs), signal)) {
    const fault = chance.of<Fault>(['kill', 'terminate', 'freeze']);
    const server = chance.of(fault === 'freeze' ? servers : servers.slice(0, -1));
    began(fault, server);
    if (fault === 'freeze') {
      server.freeze();
      await pause(frozenMs, signal);
      server.thaw();
    } else {
      await server.end(fault === 'kill' ? 'SIGKILL' : 'SIGTERM');
      await server.start();
    }
  }
}

/** Whether the time passed before the signal aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
