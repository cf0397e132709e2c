import type { NodeRecord } from '@skerry/core';
import { nodeChanges, type Change } from '../registry/node-changes.js';
import type { FleetNodes } from '../registry/service-watch.js';

/** What became of one node. */
export interface ServiceChange {
  readonly change: Change;
  readonly service: string;
  readonly node: string;
  readonly version: string;
  readonly address: string;
}

/** What has changed from one state to the next, by service and node; everything is present where there is none before. */
export function serviceChanges(before: FleetNodes | undefined, now: FleetNodes): ServiceChange[] {
  return nodeChanges(before && [...before.values()].flat(), [...now.values()].flat(), sameNode).map(
    ({ change, node: { service, id, version, addresses } }) => ({
      ...{ change, service, node: id, version, address: addressText({ addresses }) },
    }),
  );
}

/** Being refreshed is no change. */
function sameNode({ epoch: _a, ...before }: NodeRecord, { epoch: _b, ...now }: NodeRecord): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}

/** By Skerry's own protocol alone, or each with its protocol. */
export function addressText({ addresses }: Pick<NodeRecord, 'addresses'>): string {
  if (addresses['skerry'] !== undefined) return addresses['skerry'];
  return Object.entries(addresses)
    .map(([protocol, address]) => `${protocol} ${address}`)
    .join(', ');
}
