import type { Clock } from '../clock/clock.js';
import type { InboxNode } from './inbox-node.js';

interface State {
  inFlight: number;
  /** Failures, one after the other. */
  failures: number;
  /** By the clock: it gets nothing before. */
  notBefore: number;
}

const firstPauseMs = 20;
const longestPauseMs = 5_000;
// Others have filled it, and may be done at any time.
const longestBusyMs = 200;

/** How a delivery went, as far as its node is concerned. */
export type NodeOutcome = 'well' | 'busy' | 'failed';

/** Which node of a queue gets the next delivery: one with room, and of those the one that has the fewest of ours. */
export class LineNodes {
  private readonly states = new Map<string, State>();
  private turn = 0;

  constructor(private readonly clock: Clock) {}

  /** `undefined` when none has room now. @param nodes All that there are. */
  pick(nodes: readonly InboxNode[]): InboxNode | undefined {
    const now = this.clock.now();
    let best: InboxNode | undefined;
    let least = Infinity;
    this.turn++;
    for (let at = 0; at < nodes.length; at++) {
      // Of those that have equally few each is the first in its turn.
      const node = nodes[(at + this.turn) % nodes.length]!;
      const { inFlight, notBefore } = this.state(node.id);
      if (inFlight >= node.prefetch || notBefore > now || inFlight >= least) continue;
      best = node;
      least = inFlight;
    }
    return best;
  }

  /** How long until one of them that was put off may be picked, in ms; Infinity where none waits for that. */
  nextMs(nodes: readonly InboxNode[]): number {
    const now = this.clock.now();
    const waits = nodes.map(({ id }) => this.state(id).notBefore - now).filter((each) => each > 0);
    return Math.min(...waits, Infinity);
  }

  began({ id }: InboxNode): void {
    this.state(id).inFlight++;
  }

  ended({ id }: InboxNode, outcome: NodeOutcome): void {
    const state = this.state(id);
    state.inFlight--;
    if (outcome === 'well') {
      state.failures = 0;
      state.notBefore = -Infinity;
      return;
    }
    state.failures++;
    const pauseMs = Math.min(
      outcome === 'busy' ? longestBusyMs : longestPauseMs,
      firstPauseMs * 2 ** Math.min(state.failures - 1, 10),
    );
    state.notBefore = this.clock.now() + pauseMs * (0.5 + this.clock.random() / 2);
  }

  /** Forgets those that have gone. */
  keep(nodes: readonly InboxNode[]): void {
    const ids = new Set(nodes.map(({ id }) => id));
    for (const [id, { inFlight }] of this.states) if (inFlight === 0 && !ids.has(id)) this.states.delete(id);
  }

  private state(id: string): State {
    let state = this.states.get(id);
    if (!state) this.states.set(id, (state = { inFlight: 0, failures: 0, notBefore: -Infinity }));
    return state;
  }
}
