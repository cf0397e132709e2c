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
/**
 * The first answers of a node take longer than those that follow: connections are made, caches fill. They are forgotten
 * sooner, or a node that has just joined would be left alone for half a minute for one slow answer.
 */
const firstMemoryMs = 1_000;
const firstAnswers = 10;
/** What is left of those before each time that one of them is quicker. */
const firstWeight = 0.5;

/** The candidate that the selector itself keeps: what {@link Candidate} shows, with what changes it. */
export class TrackedNode implements Candidate {
  inFlight = 0;
  /** Transport or overload failures since the last call that spoke for the node. */
  failuresInRow = 0;
  /** Until when nothing is sent there; 0 when it is in good standing. */
  ejectedUntil = 0;
  /** The one call that is to show whether it is mended is under way. */
  probing = false;
  /** How often in a row it was ejected: each time is longer. */
  ejections = 0;
  private average = 0;
  private observedAt = 0;
  private answers = 0;

  constructor(
    readonly node: NodeRecord,
    private readonly now: () => number,
  ) {}

  get latencyMs(): number {
    if (this.average === 0) return 0;
    // Decays while nobody calls, so that a node that was slow once gets another chance.
    return this.average * this.kept(this.now());
  }

  observe(latencyMs: number): void {
    const now = this.now();
    const old = Math.min(this.kept(now), this.answers < firstAnswers ? firstWeight : 1);
    this.average = latencyMs > this.average ? latencyMs : this.average * old + latencyMs * (1 - old);
    this.observedAt = now;
    this.answers++;
  }

  /** How much the average still counts, 0 to 1. */
  private kept(now: number): number {
    return Math.exp((this.observedAt - now) / (this.answers < firstAnswers ? firstMemoryMs : memoryMs));
  }
}
