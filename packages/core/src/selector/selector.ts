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
  readonly key?: string;
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
    const sound = (each: Candidate): boolean => this.outliers.sound(each as TrackedNode);
    const untried = (each: Candidate): boolean => !tried.has(each.node.id);
    const best = (each: Candidate): boolean => untried(each) && sound(each);
    // Rather an ejected node than one that has just failed for this very call, and rather that than none.
    const allowed = candidates.some(best) ? best : candidates.some(untried) ? untried : anyone;
    const chosen = this.strategy.choose(candidates, { service, allowed, ...(key === undefined ? {} : { key }) });
    return this.lease(chosen as TrackedNode, candidates);
  }

  private lease(tracked: TrackedNode, siblings: readonly TrackedNode[]): Lease {
    const begunAt = this.now();
    let answered = false;
    tracked.inFlight++;
    const lease: Lease = {
      node: tracked.node,
      answered: () => {
        if (!answered) tracked.observe(this.now() - begunAt);
        answered = true;
      },
      done: (outcome) => {
        tracked.inFlight--;
        if (outcome === 'success' || outcome === 'failure') lease.answered();
        this.outliers.learn(tracked, siblings, outcome);
      },
    };
    return lease;
  }

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

function anyone(): boolean {
  return true;
}
