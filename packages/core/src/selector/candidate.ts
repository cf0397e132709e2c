import type { NodeRecord } from '../registry/node-record.js';

/** A node as strategies see it: its record, and what this process has learned by calling it. */
export interface Candidate {
  readonly node: NodeRecord;
  /** Calls to it that have not ended. */
  readonly inFlight: number;
  /**
   * How long it takes to answer, in ms: an average that forgets within seconds, and jumps up at once when the node becomes
   * slow (peak EWMA, as in Finagle). 0 while it has never answered.
   */
  readonly latencyMs: number;
}

/** Latencies older than this have lost about two thirds of their weight. */
const memoryMs = 10_000;

/** The candidate that the selector itself keeps: what {@link Candidate} shows, with what changes it. */
export class TrackedNode implements Candidate {
  inFlight = 0;
  /** Transport or overload failures since the last call that spoke for the node. */
  failuresInRow = 0;
  /** Until when nothing is sent there; 0 when it is in good standing. */
  ejectedUntil = 0;
  /** How often in a row it was ejected: each time is longer. */
  ejections = 0;
  private average = 0;
  private observedAt = 0;

  constructor(
    readonly node: NodeRecord,
    private readonly now: () => number,
  ) {}

  get latencyMs(): number {
    if (this.average === 0) return 0;
    // Decays while nobody calls, so that a node that was slow once gets another chance.
    return this.average * Math.exp((this.observedAt - this.now()) / memoryMs);
  }

  observe(latencyMs: number): void {
    const now = this.now();
    const old = Math.exp((this.observedAt - now) / memoryMs);
    this.average = latencyMs > this.average ? latencyMs : this.average * old + latencyMs * (1 - old);
    this.observedAt = now;
  }
}
