import type { Clock, NodeRecord } from '@skerry/core';
import type { Answer } from '../consul-http.js';
import { Slots } from './slots.js';

// Consul adds up to a sixteenth of its own to a wait, so that questions spread.
const spread = 1 / 16;
const marginMs = 5_000;
const leastWaitMs = 1_000;
// A service in upheaval, and an answer that gives no index to wait on, are asked for no more often than that.
const leastPauseMs = 100;
const noIndexPauseMs = 1_000;

/** Asks for a service once: at once when `index` is undefined, otherwise when it has changed since, or `waitMs` are over. */
export type Ask = (
  service: string,
  index: bigint | undefined,
  waitMs: number,
  signal: AbortSignal,
) => Promise<Answer & { readonly nodes: readonly NodeRecord[] }>;

/**
 * Watches services by questions that Consul holds until something changes ("blocking queries"). No more than so many are
 * held at once; where more are watched, each is held for less, so that all have their turn within one wait.
 */
export class Watches {
  private readonly slots: Slots;
  private readonly lifetimes = new Set<AbortController>();

  constructor(
    private readonly ask: Ask,
    private readonly clock: Clock,
    private readonly waitMs: number,
    private readonly maxWatches: number,
  ) {
    this.slots = new Slots(maxWatches);
  }

  /** Resolves when `signal` aborts and when this is closed; rejects when a question fails. */
  async watch(service: string, changed: (nodes: readonly NodeRecord[]) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const lifetime = new AbortController();
    const end = (): void => lifetime.abort(new Error(`${service} is no longer watched`));
    this.lifetimes.add(lifetime);
    signal.addEventListener('abort', end, { once: true });
    try {
      await this.follow(service, changed, lifetime.signal);
    } catch (error) {
      if (!lifetime.signal.aborted) throw error;
    } finally {
      this.lifetimes.delete(lifetime);
      signal.removeEventListener('abort', end);
    }
  }

  close(): void {
    for (const lifetime of this.lifetimes) lifetime.abort(new Error('the registry was closed'));
  }

  private async follow(
    service: string,
    changed: (nodes: readonly NodeRecord[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let last: bigint | undefined;
    let heldMs = leastWaitMs;
    for (;;) {
      const askedAt = this.clock.now();
      const { index, nodes, waitMs } = await this.question(service, last, heldMs, signal);
      if (signal.aborted) return;
      // An agent that is back before the next question is not missed by a connection.
      if (wentBack(index, last)) throw new Error(`the servers lost their history: index ${index} came after ${last}`);
      const tookMs = this.clock.now() - askedAt;
      // Also the same index again: of another history it may be another list.
      changed(nodes);
      // Where the servers lost their history between two questions, the second waits on an index that they are far from: it
      // is answered, and understood, when its wait is over. So waits are short at first, and grow while nothing happens.
      heldMs = index === last ? Math.min(heldMs * 2, this.waitMs) : leastWaitMs;
      last = index === last && tookMs < waitMs / 2 ? undefined : index;
      const pauseMs = (index === undefined ? noIndexPauseMs : leastPauseMs) - tookMs;
      if (pauseMs > 0) await this.clock.sleep(pauseMs, signal);
    }
  }

  /** One question, which ends in time even when the agent hangs: its connection would not tell. */
  private async question(service: string, index: bigint | undefined, heldMs: number, signal: AbortSignal) {
    const release = await this.slots.take(signal);
    const share = Math.min(1, this.maxWatches / this.lifetimes.size);
    const waitMs = Math.max(leastWaitMs, Math.floor(Math.min(heldMs, this.waitMs * share)));
    const limitMs = (index === undefined ? 0 : waitMs * (1 + spread)) + marginMs;
    const limit = new AbortController();
    const giveUp = (): void => limit.abort(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    const timer = this.clock.setTimer(
      limitMs,
      () => limit.abort(new Error(`the agent did not answer within ${Math.round(limitMs)} ms`)),
      true,
    );
    try {
      return { ...(await this.ask(service, index, waitMs, limit.signal)), waitMs };
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', giveUp);
      release();
    }
  }
}

/** Whether the answer is of another history than the one before: of servers that lost theirs (a snapshot was restored). */
function wentBack(index: bigint | undefined, last: bigint | undefined): boolean {
  return index !== undefined && last !== undefined && index < last;
}
