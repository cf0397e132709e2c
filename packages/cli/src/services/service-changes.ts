import type { NodeRecord } from '@skerry/core';
import type { FleetNodes } from '../registry/service-watch.js';

/** What became of one node. */
export interface ServiceChange {
  /** `present` for those that were there when the watch began. */
  readonly change: 'present' | 'joined' | 'changed' | 'left';
  readonly service: string;
  readonly node: string;
  readonly version: string;
  readonly address: string;
}

/** What has changed from one state to the next, by service and node; everything is present where there is none before. */
export function serviceChanges(before: FleetNodes | undefined, now: FleetNodes): ServiceChange[] {
  const was = byId(before ?? new Map());
  const is = byId(now);
  const come = [...is.values()].flatMap((node) => {
    const former = was.get(node.id);
    if (former) return sameNode(former, node) ? [] : [told('changed', node)];
    return [told(before ? 'joined' : 'present', node)];
  });
  const gone = [...was.values()].filter(({ id }) => !is.has(id)).map((node) => told('left', node));
  return [...gone, ...come].sort((a, b) => (a.service === b.service ? 0 : a.service < b.service ? -1 : 1));
}

function byId(nodes: FleetNodes): Map<string, NodeRecord> {
  return new Map([...nodes.values()].flat().map((node) => [node.id, node]));
}

/** Being refreshed is no change. */
function sameNode({ epoch: _a, ...before }: NodeRecord, { epoch: _b, ...now }: NodeRecord): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}

function told(change: ServiceChange['change'], node: NodeRecord): ServiceChange {
  const { service, id, version } = node;
  return { change, service, node: id, version, address: addressText(node) };
}

/** By Skerry's own protocol alone, or each with its protocol. */
export function addressText({ addresses }: Pick<NodeRecord, 'addresses'>): string {
  if (addresses['skerry'] !== undefined) return addresses['skerry'];
  return Object.entries(addresses)
    .map(([protocol, address]) => `${protocol} ${address}`)
    .join(', ');
}
