import type { TrackedNode } from './candidate.js';
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
  constructor(private readonly now: () => number) {}

  /** Whether the node may be used, as far as its own past is concerned. */
  sound(node: TrackedNode): boolean {
    if (node.ejectedUntil === 0) return true;
    // Its time is over: it is probed, by one call at a time.
    return node.inFlight === 0 && this.now() >= node.ejectedUntil;
  }

  /** @param siblings All nodes that the call could have gone to. */
  learn(node: TrackedNode, siblings: readonly TrackedNode[], outcome: Outcome): void {
    switch (outcome) {
      case 'success':
      case 'failure':
        restore(node);
        return;
      case 'transport':
      case 'overload': {
        const probed = node.ejectedUntil !== 0;
        // Calls that had begun before it was ejected tell nothing new.
        if (probed && this.now() < node.ejectedUntil) return;
        if (!probed && ++node.failuresInRow < failuresToEject) return;
        if (!probed && (ejected(siblings) + 1) * 2 > siblings.length) return;
        node.ejectedUntil = this.now() + Math.min(longestEjectionMs, firstEjectionMs * 2 ** node.ejections++);
        return;
      }
      case 'cancelled':
        // Says nothing about the node.
        return;
    }
  }

  /** Looks at a new list of nodes: when healthy ones have left, too many of those that stay may be ejected. */
  admit(nodes: readonly TrackedNode[]): void {
    if (ejected(nodes) * 2 > nodes.length) nodes.forEach(restore);
  }
}

function ejected(nodes: readonly TrackedNode[]): number {
  return nodes.filter(({ ejectedUntil }) => ejectedUntil !== 0).length;
}

function restore(node: TrackedNode): void {
  node.failuresInRow = 0;
  node.ejectedUntil = 0;
  node.ejections = 0;
}
