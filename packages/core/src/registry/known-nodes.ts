import type { NodeRecord } from './node-record.js';
import type { NodeChanges } from './registry-events.js';
import { sameJson } from './same-json.js';

interface Known {
  node: NodeRecord;
  /** When the engine last showed this node, at this epoch or above. */
  confirmedAt: number;
  /** The number of the answer that last had this node. */
  answer: number;
  /** When an answer first left it out that is not believed yet. */
  missingAt?: number;
}

/** What one process knows about the nodes of one service: each answer of the engine, laid over what is known. */
export class KnownNodes {
  /** Frozen, sorted by id; another array after each change, the same one otherwise. */
  nodes: readonly NodeRecord[] = Object.freeze([]);
  private readonly known = new Map<string, Known>();
  private answers = 0;
  private soonestMissingAt = Infinity;

  /** @param graceMs How long an engine that may have lost its data has until what it leaves out is gone. */
  constructor(private readonly graceMs = 0) {}

  /**
   * Takes over an answer, which has one record for each id. Whoever it leaves out is gone. Replicas answer with old
   * data at times: a node that is known at a higher epoch stays as it is known, until its TTL passes with nothing to
   * confirm it. And engines come back without their data, and get them again node by node: one that was not confirmed since
   * stays for the time of grace.
   *
   * @param unsureUntil The engine may have lost its data before.
   */
  accept(nodes: readonly NodeRecord[], now: number, unsureUntil = -Infinity): NodeChanges | undefined {
    const answer = ++this.answers;
    const joined: NodeRecord[] = [];
    const updated: NodeRecord[] = [];
    for (const node of nodes) {
      const held = this.known.get(node.id);
      if (!held) {
        this.known.set(node.id, { node, confirmedAt: now, answer });
        joined.push(node);
        continue;
      }
      held.answer = answer;
      delete held.missingAt;
      if (held.node.epoch > node.epoch && now - held.confirmedAt < held.node.ttlMs) continue;
      held.confirmedAt = now;
      if (sameRecord(held.node, node)) continue;
      held.node = node;
      updated.push(node);
    }
    return this.changed(joined, updated, this.forget(answer, nodes.length, now, unsureUntil));
  }

  /** Gives up every node. */
  clear(): NodeChanges | undefined {
    const left = this.nodes;
    this.known.clear();
    this.soonestMissingAt = Infinity;
    return this.changed([], [], left);
  }

  /** How long until a node's TTL passes with nothing to confirm it; infinite when there are none. */
  unconfirmedInMs(now: number): number {
    let soonest = Infinity;
    for (const { node, confirmedAt, missingAt } of this.known.values())
      if (missingAt === undefined) soonest = Math.min(soonest, confirmedAt + node.ttlMs - now);
    return soonest;
  }

  /** How long until a node is gone that the last answer left out; infinite when there are none. */
  sureInMs(now: number): number {
    return this.soonestMissingAt + this.graceMs - now;
  }

  private forget(answer: number, size: number, now: number, unsureUntil: number): NodeRecord[] {
    this.soonestMissingAt = Infinity;
    // Each node of the answer is known by now: when there are no more, nobody has left.
    if (this.known.size === size) return [];
    const gone: NodeRecord[] = [];
    for (const each of this.known.values()) {
      if (each.answer === answer) continue;
      if (each.confirmedAt < unsureUntil) each.missingAt ??= now;
      if (each.missingAt !== undefined && now - each.missingAt < this.graceMs)
        this.soonestMissingAt = Math.min(this.soonestMissingAt, each.missingAt);
      else gone.push(each.node);
    }
    for (const { id } of gone) this.known.delete(id);
    return gone;
  }

  private changed(
    joined: readonly NodeRecord[],
    updated: readonly NodeRecord[],
    left: readonly NodeRecord[],
  ): NodeChanges | undefined {
    if (joined.length + updated.length + left.length === 0) return undefined;
    const kept = this.nodes.flatMap(({ id }) => this.known.get(id)?.node ?? []);
    // Sorting what is sorted up to a few at the end costs one comparison for each.
    const nodes = joined.length === 0 ? kept : [...kept, ...joined].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.nodes = Object.freeze(nodes);
    return { joined, updated, left };
  }
}

/** An engine that answers with bytes gives new objects for the same records in every answer. */
function sameRecord(held: NodeRecord, node: NodeRecord): boolean {
  return held === node || (held.epoch === node.epoch && sameJson(held, node));
}
