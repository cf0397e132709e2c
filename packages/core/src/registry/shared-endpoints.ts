import type { EndpointRecord } from './node-record.js';
import { sameJson } from './same-json.js';

type Endpoints = readonly EndpointRecord[];

const most = 10_000;

// Weak: they live as long as a record does that has them.
const known = new Map<string, WeakRef<Endpoints>>();

/**
 * The endpoints that were checked and frozen for another record, when `value` is the same: the nodes of a service, and one
 * node in each answer of its engine, share one description instead of a copy each. What the hash says is not believed, it
 * only tells where to look.
 */
export function sharedEndpoints(schemaHash: string, value: unknown): Endpoints | undefined {
  const endpoints = known.get(schemaHash)?.deref();
  return endpoints && sameJson(endpoints, value) ? endpoints : undefined;
}

/** Keeps `endpoints`, frozen all the way down, for {@link sharedEndpoints}. */
export function shareEndpoints(schemaHash: string, endpoints: Endpoints): void {
  if (known.size >= most) known.clear();
  known.set(schemaHash, new WeakRef(endpoints));
}
