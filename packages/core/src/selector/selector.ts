import type { Clock } from '../clock/clock.js';
import type { NodeRecord } from '../registry/node-record.js';
import { TrackedNode, type Candidate } from './candidate.js';
import type { Outcome } from './outcome.js';
import { Outliers } from './outliers.js';
import type { SelectionStrategy } from './strategy.js';

/** The choice of one node for one attempt, open until its outcome is known. */
export interface Lease {
  readonly node: NodeRecord;
  /** The node has begun to answer: how long that took is what its latency is judged by, not how long a stream goes on. */
  answered(): void;
  /** Must be called exactly once; what was learned guides later choices. */
  done(outcome: Outcome): void;
}

export interface PickOptions {
  /** Ids of nodes that this call has already failed on: avoided while there are others. */
  readonly tried: ReadonlySet<string>;
  /** What calls with the same one share a node by, where the strategy cares. */
  readonly key?: string | undefined;
}

/**
 * Chooses the node for each attempt of a call: leaves out nodes that this call has failed on and nodes that keep failing for
 * everybody, then asks the strategy. Lives as long as the application and learns from every call.
 */
export class Selector {
  // By record: a node that registers anew, under another epoch, begins anew here as well.
  private readonly tracked = new WeakMap<NodeRecord, TrackedNode>();
  private readonly lists = new WeakMap<readonly NodeRecord[], readonly TrackedNode[]>();
  private readonly outliers: Outliers;
  private readonly now: () => number;

  constructor(
    private readonly strategy: SelectionStrategy,
    clock: Clock,
  ) {
    this.now = () => clock.now();
    this.outliers = new Outliers(this.now);
  }

  /**
   * @param service Name of the service called.
   * @param nodes   Candidates, sorted by id; never empty. Frozen, and the same array until something changed.
   */
  pick(service: string, nodes: readonly NodeRecord[], options: PickOptions): Lease {
    const { tried, key } = options;
    const candidates = this.candidates(nodes);
    // Rather an ejected node than one that has just failed for this very call, and rather that than none.
    let allowed = this.sound;
    if (tried.size > 0) allowed = (each) => !tried.has(each.node.id) && this.sound(each);
    if (!candidates.some(allowed)) allowed = (each) => !tried.has(each.node.id);
    if (!candidates.some(allowed)) allowed = anyone;
    const chosen = this.strategy.choose(candidates, { service, key, allowed }) as TrackedNode;
    chosen.inFlight++;
    return new TrackedLease(chosen, candidates, this.outliers, this.now);
  }

  private readonly sound = (each: Candidate): boolean => this.outliers.sound(each as TrackedNode);

  private candidates(nodes: readonly NodeRecord[]): readonly TrackedNode[] {
    const known = this.lists.get(nodes);
    if (known) return known;
    const candidates = nodes.map((node) => {
      let tracked = this.tracked.get(node);
      if (!tracked) this.tracked.set(node, (tracked = new TrackedNode(node, this.now)));
      return tracked;
    });
    this.outliers.admit(candidates);
    this.lists.set(nodes, candidates);
    return candidates;
  }
}

class TrackedLease implements Lease {
  private readonly begunAt: number;
  private observed = false;

  constructor(
    private readonly tracked: TrackedNode,
    private readonly siblings: readonly TrackedNode[],
    private readonly outliers: Outliers,
    private readonly now: () => number,
  ) {
    this.begunAt = now();
  }

  get node(): NodeRecord {
    return this.tracked.node;
  }

  answered(): void {
    if (this.observed) return;
    this.observed = true;
    this.tracked.observe(this.now() - this.begunAt);
  }

  done(outcome: Outcome): void {
    this.tracked.inFlight--;
    if (outcome === 'success' || outcome === 'failure') this.answered();
    this.outliers.learn(this.tracked, this.siblings, outcome);
  }
}

function anyone(): boolean {
  return true;
}
