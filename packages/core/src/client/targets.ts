import { nearest } from '../errors/nearest.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { EndpointRecord, NodeRecord } from '../registry/node-record.js';

/** Which nodes of a service can take calls of one handler, and what the handler declares there. */
export interface Targets {
  readonly nodes: readonly NodeRecord[];
  /** Of the first such node. Absent when there is none. */
  readonly endpoint?: EndpointRecord;
}

/** Finds the targets of each handler of one service once, and again only when its nodes have changed. */
export class TargetCache {
  /** A node of the service that was there once, for the message that none is there now. */
  lastSeen?: NodeRecord;
  private of: readonly NodeRecord[] = [];
  private readonly found = new Map<string, Targets>();

  find(nodes: readonly NodeRecord[], handler: string): Targets {
    if (nodes !== this.of) {
      this.of = nodes;
      if (nodes[0]) this.lastSeen = nodes[0];
      this.found.clear();
    }
    const known = this.found.get(handler);
    if (known) return known;
    const able = nodes.filter((node) => node.addresses['skerry'] !== undefined && endpointOf(node, handler));
    const endpoint = able[0] && endpointOf(able[0], handler);
    const targets: Targets = { nodes: Object.freeze(able), ...(endpoint ? { endpoint } : {}) };
    this.found.set(handler, targets);
    return targets;
  }
}

/** There are nodes, and none of them has the handler: waiting would not help a slip of the hand. */
export function unknownHandler(service: string, handler: string, nodes: readonly NodeRecord[]): SkerryError {
  const names = [...new Set(nodes.flatMap((node) => node.endpoints.map(({ name }) => name)))].sort();
  const near = nearest(handler, names);
  return new SkerryError(
    'SKERRY_RPC_UNKNOWN_ENDPOINT',
    `Cannot call ${service}.${handler}: ${service} has no handler '${handler}'. ${suggest(near.length > 0 ? near : names)}`,
    { details: { service, handler, nearest: near } },
  );
}

function suggest(names: readonly string[]): string {
  return names.length === 0 ? 'It has none at all.' : `It has ${names.map((name) => `'${name}'`).join(', ')}.`;
}

function endpointOf(node: NodeRecord, handler: string): EndpointRecord | undefined {
  return node.endpoints.find(({ name }) => name === handler);
}
