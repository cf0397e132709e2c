import type { TrackedNode } from './candidate.js';
import type { CandidateGroup } from './candidate-group.js';
import type { Outcome } from './outcome.js';

/** So many failures in a row speak against a node. */
const failuresToEject = 3;
const firstEjectionMs = 5_000;
const longestEjectionMs = 300_000;

/**
 * Decides from outcomes whether a node is sent anything at all. Only failures of the transport and overload count: an error
 * that a service means to give is the work of a healthy node. An ejected node comes back for one call after a while, longer
 * each time; that call decides.
 *
 * Never more than half of the nodes are ejected, and never the last one: when more of them fail, the fault is elsewhere, and
 * leaving them out would only bring down the rest (panic threshold, as in Envoy and Finagle).
 */
export class Outliers {
  /** Grows whenever a node is ejected, taken back, or its probe begins or ends: what was counted before is out of date. */
  changes = 0;

  constructor(private readonly now: () => number) {}

  /** Whether the node may be used, as far as its own past is concerned. */
  sound(node: TrackedNode): boolean {
    if (node.ejectedUntil === 0) return true;
    // Its time is over: it is probed, by one call at a time.
    return !node.probing && this.now() >= node.ejectedUntil;
  }

  /** A call to the node begins. Returns whether it is the one that probes it. */
  begin(node: TrackedNode): boolean {
    if (node.ejectedUntil === 0 || !this.sound(node)) return false;
    node.probing = true;
    this.changes++;
    return true;
  }

  /** The node has answered: for an ejected one that is all it takes, however long a stream then goes on. */
  answered(node: TrackedNode): void {
    if (node.ejectedUntil !== 0) this.restore(node);
  }

  /**
   * A call to the node has ended.
   *
   * @param group All nodes that the call could have gone to.
   * @param probe What {@link begin} returned.
   */
  end(node: TrackedNode, group: CandidateGroup, outcome: Outcome, probe: boolean): void {
    if (probe && node.probing) {
      node.probing = false;
      this.changes++;
    }
    switch (outcome) {
      case 'success':
      case 'failure':
        this.restore(node);
        return;
      case 'transport':
      case 'overload':
        this.failed(node, group, probe);
        return;
      case 'cancelled':
        // Says nothing about the node.
        return;
    }
  }

  private failed(node: TrackedNode, group: CandidateGroup, probe: boolean): void {
    if (node.ejectedUntil !== 0) {
      // Calls that had begun before it was ejected tell nothing new.
      if (probe) this.eject(node);
      return;
    }
    if (++node.failuresInRow < failuresToEject) return;
    if ((group.ejected + 1) * 2 <= group.size) this.eject(node);
  }

  private eject(node: TrackedNode): void {
    node.ejectedUntil = this.now() + Math.min(longestEjectionMs, firstEjectionMs * 2 ** node.ejections++);
    this.changes++;
  }

  private restore(node: TrackedNode): void {
    node.failuresInRow = 0;
    if (node.ejectedUntil === 0) return;
    node.ejectedUntil = 0;
    node.ejections = 0;
    node.probing = false;
    this.changes++;
  }
}
