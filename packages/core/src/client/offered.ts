import type { EndpointRecord, NodeRecord } from '../registry/node-record.js';

/** What the node's record says of the handler. */
export function endpointOf(node: NodeRecord, handler: string): EndpointRecord | undefined {
  return node.endpoints.find(({ name }) => name === handler);
}

/** A record that was written by hand has no endpoints: nobody knows what its node can do, so it is asked. */
export function offers(node: NodeRecord, handler: string): boolean {
  return node.endpoints.length === 0 || endpointOf(node, handler) !== undefined;
}

/** For messages: where the node is, by the native protocol if it can be. */
export function addressOf({ addresses }: NodeRecord): string {
  return addresses['skerry'] ?? Object.values(addresses)[0] ?? 'unknown';
}

/** Which nodes can be called from here at all: what connects to them knows. */
export interface Reach {
  readonly protocolNames: readonly string[];
  reaches(node: NodeRecord): boolean;
}

export const byNativeProtocol: Reach = {
  protocolNames: ['skerry'],
  reaches: ({ addresses }) => addresses['skerry'] !== undefined,
};
