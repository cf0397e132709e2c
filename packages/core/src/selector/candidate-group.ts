import { bisect } from './bisect.js';
import type { TrackedNode } from './candidate.js';

/**
 * Nodes among which one is chosen. Knows at any time how many of them are ejected, and counts again only after one was
 * ejected or taken back somewhere: a choice must not look at all of them.
 */
export class CandidateGroup {
  private countedAt = -1;
  private count = 0;
  private soonest = Infinity;

  /**
   * @param members Sorted by node id.
   * @param changes Grows whenever a node is ejected, taken back, or its probe begins or ends.
   */
  constructor(
    readonly members: readonly TrackedNode[],
    private readonly changes: () => number,
  ) {}

  get size(): number {
    return this.members.length;
  }

  get ejected(): number {
    this.recount();
    return this.count;
  }

  /** More than half are ejected: then the fault is elsewhere, or these are all there is, and none is left out for it. */
  get panics(): boolean {
    return this.ejected * 2 > this.size;
  }

  /** From when on one of the ejected nodes may be probed; infinite when there are none, or all of their probes run. */
  get probeAt(): number {
    this.recount();
    return this.soonest;
  }

  /** How many are in good standing and have not been tried by this call. */
  usable(tried: ReadonlySet<string>): number {
    return this.size - this.ejected - this.countTried(tried, (member) => member.ejectedUntil === 0);
  }

  /** How many `tried` ones are members, and fit. Costs what `tried` has, whatever the size of the group. */
  countTried(tried: ReadonlySet<string>, fits: (member: TrackedNode) => boolean = () => true): number {
    if (tried.size === 0) return 0;
    let count = 0;
    for (const id of tried) {
      const member = this.find(id);
      if (member && fits(member)) count++;
    }
    return count;
  }

  private find(id: string): TrackedNode | undefined {
    const member = this.members[bisect(this.members, ({ node }) => node.id < id)];
    return member?.node.id === id ? member : undefined;
  }

  private recount(): void {
    const changes = this.changes();
    if (this.countedAt === changes) return;
    this.countedAt = changes;
    this.count = 0;
    this.soonest = Infinity;
    for (const { ejectedUntil, probing } of this.members) {
      if (ejectedUntil === 0) continue;
      this.count++;
      if (!probing) this.soonest = Math.min(this.soonest, ejectedUntil);
    }
  }
}
