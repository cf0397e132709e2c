import type { Clock } from '../clock/clock.js';
import type { NodeRecord } from '../registry/node-record.js';
import { TrackedNode, type Candidate } from './candidate.js';
import { CandidateGroup } from './candidate-group.js';
import type { Outcome } from './outcome.js';
import { Outliers } from './outliers.js';
import type { SelectionStrategy } from './strategy.js';
import { ownShare, partByZone, type Zones } from './zones.js';

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

export interface SelectorOptions {
  /**
   * Where the callers are. Nodes of the same zone are preferred; when fewer than 1/1.4 of them, about 71 per cent, can be used,
   * calls spill over to other zones in proportion. Default: none, and zones do not count.
   */
  readonly zone?: string | undefined;
}

/** One list of nodes, as the registry and the filters left it. */
interface NodeList {
  readonly whole: CandidateGroup;
  /** Where the own zone is preferred. */
  readonly zones: Zones | undefined;
}

/**
 * Chooses the node for each attempt of a call: leaves out nodes that this call has failed on and nodes that keep failing for
 * everybody, prefers its own zone, then asks the strategy. Lives as long as the application and learns from every call.
 */
export class Selector {
  // By record: a node that registers anew, under another epoch, begins anew here as well.
  private readonly tracked = new WeakMap<NodeRecord, TrackedNode>();
  private readonly lists = new WeakMap<readonly NodeRecord[], NodeList>();
  private readonly outliers: Outliers;
  private readonly now: () => number;

  constructor(
    private readonly strategy: SelectionStrategy,
    private readonly clock: Clock,
    private readonly options: SelectorOptions = {},
  ) {
    this.now = () => clock.now();
    this.outliers = new Outliers(this.now);
  }

  /**
   * @param service Name of the service called.
   * @param nodes   Candidates, sorted by id; never empty. Frozen, and the same array until something changed.
   */
  pick(service: string, nodes: readonly NodeRecord[], { tried, key }: PickOptions): Lease {
    const list = this.listOf(nodes);
    const { whole } = list;
    const panic = whole.panics;
    const group = this.groupFor(list, panic, tried, key);
    const allowed = this.allowedIn(group, panic, tried);
    const chosen = this.strategy.choose(group.members, { service, key, allowed }) as TrackedNode;
    const probe = this.outliers.begin(chosen);
    chosen.inFlight++;
    return new TrackedLease(chosen, whole, this.outliers, this.now, probe);
  }

  private groupFor(
    { whole, zones }: NodeList,
    panic: boolean,
    tried: ReadonlySet<string>,
    key: string | undefined,
  ): CandidateGroup {
    if (!zones || panic) return whole;
    // Callers of another zone send the same key, and it shall meet them.
    if (key !== undefined && this.strategy.keepsKeys) return whole;
    const share = ownShare(zones, tried);
    if (share === 1) return zones.own;
    // With nothing usable in the own zone, calls go elsewhere, except the one that looks whether it is back.
    if (share === 0) return this.probeDue(zones.own, tried) ? zones.own : zones.others;
    if (Number.isNaN(share)) return whole;
    return this.clock.random() < share ? zones.own : zones.others;
  }

  /** Rather an ejected node than one that has just failed for this very call, and rather that than none. */
  private allowedIn(group: CandidateGroup, panic: boolean, tried: ReadonlySet<string>): (each: Candidate) => boolean {
    if (tried.size === 0) return panic || group.ejected === 0 ? anyone : this.sound;
    if (!panic && (group.usable(tried) > 0 || this.probeDue(group, tried)))
      return (each) => !tried.has(each.node.id) && this.sound(each);
    return group.size > group.countTried(tried) ? (each) => !tried.has(each.node.id) : anyone;
  }

  /** Whether one of the ejected nodes waits for a call that probes it, and may have this one. Rarely looks at the nodes. */
  private probeDue(group: CandidateGroup, tried: ReadonlySet<string>): boolean {
    if (this.now() < group.probeAt) return false;
    return group.members.some((each) => this.sound(each) && !tried.has(each.node.id));
  }

  private readonly sound = (each: Candidate): boolean => this.outliers.sound(each as TrackedNode);

  private listOf(nodes: readonly NodeRecord[]): NodeList {
    const known = this.lists.get(nodes);
    if (known) return known;
    const members = nodes.map((node) => {
      let tracked = this.tracked.get(node);
      if (!tracked) this.tracked.set(node, (tracked = new TrackedNode(node, this.now)));
      return tracked;
    });
    const { zone } = this.options;
    const groupOf = (some: readonly TrackedNode[]): CandidateGroup =>
      new CandidateGroup(some, () => this.outliers.changes);
    const list = { whole: groupOf(members), zones: zone ? partByZone(members, zone, groupOf) : undefined };
    this.lists.set(nodes, list);
    return list;
  }
}

class TrackedLease implements Lease {
  private readonly begunAt: number;
  private observed = false;

  constructor(
    private readonly tracked: TrackedNode,
    private readonly group: CandidateGroup,
    private readonly outliers: Outliers,
    private readonly now: () => number,
    private readonly probe: boolean,
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
    this.outliers.answered(this.tracked);
  }

  done(outcome: Outcome): void {
    this.tracked.inFlight--;
    if (outcome === 'success' || outcome === 'failure') this.answered();
    this.outliers.end(this.tracked, this.group, outcome, this.probe);
  }
}

function anyone(): boolean {
  return true;
}
