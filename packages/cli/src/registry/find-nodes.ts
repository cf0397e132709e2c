import type { NodeRecord, SkerryError } from '@skerry/core';
import type { RegistryAccess } from '../fleet/registry-access.js';

export interface FindOptions {
  /** How long to wait for a service that the registry does not know, in ms: it may just be starting. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/**
 * The nodes of a service. Rejects with `SKERRY_RPC_NO_NODE`, naming the services that it may have been meant for, when the
 * registry knows of none and none has come within `waitMs`.
 *
 * @param what For the message: `call greeter.hello`.
 */
export async function findNodes(
  access: RegistryAccess,
  service: string,
  what: string,
  { waitMs, signal = new AbortController().signal }: FindOptions,
): Promise<readonly NodeRecord[]> {
  const { registry } = access;
  const nodes = await registry.lookup(service, signal);
  if (nodes.length > 0) return nodes;
  const came = await nodesWithin(waitMs, access, service, signal);
  if (came.length > 0) return came;
  const others = (await registry.services(signal)).filter((name) => name !== service);
  throw noNode(access, { service, what, others, engine: registry.engine, waitMs });
}

async function nodesWithin(
  waitMs: number,
  { registry, clock }: RegistryAccess,
  service: string,
  signal: AbortSignal,
): Promise<readonly NodeRecord[]> {
  if (waitMs === 0) return [];
  const patience = new AbortController();
  const timer = clock.setTimer(waitMs, () => patience.abort());
  try {
    const view = registry.service(service);
    return await view.wait(({ length }) => length > 0, AbortSignal.any([signal, patience.signal]));
  } catch (error) {
    if (patience.signal.aborted && !signal.aborted) return [];
    throw error;
  } finally {
    timer.cancel();
  }
}

// As many as are read at a glance.
const shownServices = 10;

function noNode(
  { core }: RegistryAccess,
  absent: { service: string; what: string; others: readonly string[]; engine: string; waitMs: number },
): SkerryError {
  const { service, what, others, engine, waitMs } = absent;
  const near = core.nearest(service, others);
  const waited = waitMs > 0 ? `, and none came within ${waitMs} ms` : '';
  const message = `Cannot ${what}: the ${engine} registry knows no node of '${service}'${waited}. ${hint(near, others, engine)}`;
  return new core.SkerryError('SKERRY_RPC_NO_NODE', message, { details: { service, nearest: near } });
}

function hint(near: readonly string[], others: readonly string[], engine: string): string {
  if (near.length > 0) return `Did you mean ${near.map(quoted).join(' or ')}?`;
  if (others.length === 0) {
    const elsewhere =
      engine === 'local' ? '; where the fleet uses another registry, name one of its applications: --app' : '';
    return `No other service is running either: start it with \`skerry run\`${elsewhere}.`;
  }
  const more = others.length - shownServices;
  return `Running are ${others.slice(0, shownServices).map(quoted).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function quoted(name: string): string {
  return `'${name}'`;
}
