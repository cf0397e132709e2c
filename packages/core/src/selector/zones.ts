import type { TrackedNode } from './candidate.js';
import type { CandidateGroup } from './candidate-group.js';

/** The nodes of the caller's own zone, and all others. Both have some. */
export interface Zones {
  readonly own: CandidateGroup;
  readonly others: CandidateGroup;
}

/** While so many of the own zone's nodes can be used that this makes them whole, everything stays there. As in Envoy. */
const overprovisioning = 1.4;

/** Parts a list by zone; `undefined` when there is nothing to prefer, because all or none of the nodes are in `zone`. */
export function partByZone(
  members: readonly TrackedNode[],
  zone: string,
  groupOf: (members: readonly TrackedNode[]) => CandidateGroup,
): Zones | undefined {
  const own = members.filter(({ node }) => node.zone === zone);
  if (own.length === 0 || own.length === members.length) return undefined;
  return { own: groupOf(own), others: groupOf(members.filter(({ node }) => node.zone !== zone)) };
}

/**
 * What share of the calls stays in the own zone, 0 to 1: all while at least 1/1.4, about 71 per cent, of its nodes can be
 * used; below, 1.4 times the share that can. The others get the rest, as far as they can take it by the same measure
 * (Envoy's priority levels). `NaN` when no node can be used at all.
 */
export function ownShare({ own, others }: Zones, tried: ReadonlySet<string>): number {
  const kept = Math.min(1, (overprovisioning * own.usable(tried)) / own.size);
  if (kept === 1) return 1;
  const spilled = Math.min(1 - kept, (overprovisioning * others.usable(tried)) / others.size);
  return kept / (kept + spilled);
}
