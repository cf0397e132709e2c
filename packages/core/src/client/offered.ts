import type { EndpointRecord, NodeRecord } from '../registry/node-record.js';

/** What the node's record says of the handler. */
export function endpointOf(node: NodeRecord, handler: string): EndpointRecord | undefined {
  return node.endpoints.find(({ name }) => name === handler);
}

/** A record that was written by hand has no endpoints: nobody knows what its node can do, so it is asked. */
export function offers(node: NodeRecord, handler: string): boolean {
  return node.endpoints.length === 0 || endpointOf(node, handler) !== undefined;
}

/** Whether calls of the handler can be sent to the node, as far as its record says. */
export function canTake(node: NodeRecord, handler: string): boolean {
  return node.addresses['skerry'] !== undefined && offers(node, handler);
}
