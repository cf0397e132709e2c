import type { SubscriptionRequest } from '../broker/driver.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { NodeDescription } from '../registry/registry.js';
import type { Target } from './outbox-entry.js';
import { registryName } from './outbox-keys.js';

/** A subscription as publishers see it: a node of the registry's service for its topic. */
export interface InboxNode extends Target {
  readonly id: string;
  readonly broadcast: boolean;
  /** Deliveries that it takes at once, from all publishers together. */
  readonly prefetch: number;
  /** Where deliveries are called: under the id of its application's inbox, so that one in this process takes the short way. */
  readonly target: NodeRecord;
}

/** How a subscription is registered. @param host The application's own inbox, as it is registered. */
export function describeInboxNode(id: string, request: SubscriptionRequest, host: NodeRecord): NodeDescription {
  const { topic, queue, broadcast, ordered, prefetch } = request;
  return {
    service: registryName(topic),
    id,
    version: host.version,
    addresses: host.addresses,
    ...(host.zone === undefined ? {} : { zone: host.zone }),
    weight: host.weight,
    metadata: {
      on: topic,
      queue,
      kind: broadcast ? 'broadcast' : ordered ? 'ordered' : 'queue',
      prefetch: String(prefetch),
      host: host.id,
    },
    endpoints: [],
  };
}

const known = new WeakMap<object, InboxNode>();

/** What a record says; `undefined` for one that is no subscription. */
export function inboxNode(record: NodeRecord | NodeDescription): InboxNode | undefined {
  const found = known.get(record);
  if (found) return found;
  const { on, queue, kind, prefetch, host } = record.metadata;
  if (on === undefined || queue === undefined || host === undefined || !record.addresses['skerry']) return undefined;
  const node: InboxNode = {
    ...{ id: record.id, on, queue, broadcast: kind === 'broadcast', ordered: kind === 'ordered' },
    ...(kind === 'broadcast' ? { node: record.id } : {}),
    prefetch: Math.max(1, Math.floor(Number(prefetch)) || 1),
    target: { ttlMs: 1, epoch: 0, ...record, id: host },
  };
  known.set(record, node);
  return node;
}
