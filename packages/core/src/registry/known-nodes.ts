import { isDeepStrictEqual } from 'node:util';
import type { NodeRecord } from './node-record.js';
import type { NodeChanges } from './registry-events.js';

interface Known {
  readonly node: NodeRecord;
  /** When the engine last showed this node, at this epoch or above. */
  readonly confirmedAt: number;
}

/** What one process knows about the nodes of one service: each answer of the engine, laid over what is known. */
export class KnownNodes {
  /** Frozen, sorted by id; another array after each change, the same one otherwise. */
  nodes: readonly NodeRecord[] = Object.freeze([]);
  private known: ReadonlyMap<string, Known> = new Map();

  /**
   * Takes over an answer, which has one record for each id. Whoever it leaves out is gone. Replicas answer with old
   * data at times: a node that is known at a higher epoch stays as it is known, until its TTL passes with nothing to
   * confirm it.
   */
  accept(answer: readonly NodeRecord[], now: number): NodeChanges | undefined {
    const next = new Map<string, Known>();
    for (const node of answer) {
      const held = this.known.get(node.id);
      if (!held) next.set(node.id, { node, confirmedAt: now });
      else if (held.node.epoch > node.epoch && now - held.confirmedAt < held.node.ttlMs) next.set(node.id, held);
      else next.set(node.id, { node: isDeepStrictEqual(held.node, node) ? held.node : node, confirmedAt: now });
    }
    return this.replace(next);
  }

  /** Gives up every node. */
  clear(): NodeChanges | undefined {
    return this.replace(new Map());
  }

  /** How long until a node's TTL passes with nothing to confirm it; infinite when there are none. */
  unconfirmedInMs(now: number): number {
    let soonest = Infinity;
    for (const { node, confirmedAt } of this.known.values())
      soonest = Math.min(soonest, confirmedAt + node.ttlMs - now);
    return soonest;
  }

  private replace(next: ReadonlyMap<string, Known>): NodeChanges | undefined {
    const joined: NodeRecord[] = [];
    const updated: NodeRecord[] = [];
    const left: NodeRecord[] = [];
    for (const [id, { node }] of next) {
      const held = this.known.get(id)?.node;
      if (!held) joined.push(node);
      else if (held !== node) updated.push(node);
    }
    for (const [id, { node }] of this.known) if (!next.has(id)) left.push(node);
    this.known = next;
    if (joined.length + updated.length + left.length === 0) return undefined;
    const nodes = [...next.values()].map(({ node }) => node);
    this.nodes = Object.freeze(nodes.sort((a, b) => (a.id < b.id ? -1 : 1)));
    return { joined, updated, left };
  }
}
