import type { NodeRecord } from '../registry/node-record.js';

/**
 * How a call to a node ended, as far as the node is concerned. Only `transport` and `overload` speak against it: an error
 * that the service meant to give is the work of a healthy node.
 */
export type Outcome = 'success' | 'failure' | 'transport' | 'overload' | 'cancelled';

/** The choice of one node for one attempt, open until its outcome is known. */
export interface Lease {
  readonly node: NodeRecord;
  /** Must be called exactly once; what was learned guides later choices. */
  done(outcome: Outcome): void;
}

/**
 * Chooses the node for each attempt of a call. Lives as long as the application and learns across calls. The class is the
 * injection token: provide another to choose differently.
 */
export abstract class Selector {
  /**
   * @param service Name of the service called.
   * @param nodes   Candidates, sorted by id; never empty. Frozen, and the same array until something changed.
   * @param tried   Ids of nodes that this call has already failed on: to be avoided while there are others.
   */
  abstract pick(service: string, nodes: readonly NodeRecord[], tried: ReadonlySet<string>): Lease;
}
