import type { NodeRecord } from '@skerry/core';
import { handRecord } from './hand-record.js';
import { consulId, serviceName } from './names.js';
import { recordIn } from './service-record.js';

/** One instance of a service, of what `/v1/health/service/` answers; what was of another type is empty. */
export interface HealthEntry {
  readonly node: { readonly name: string; readonly address: string };
  readonly service: {
    readonly id: string;
    /** As Skerry knows it. */
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly tags: readonly string[];
    readonly meta: Readonly<Record<string, string>>;
    readonly weight: number;
  };
}

/**
 * The nodes of one service in an answer of Consul's. Entries that are no node at all are left out; of the others the registry
 * looks at every field.
 */
export function nodesIn(body: unknown, service: string): readonly NodeRecord[] {
  if (!Array.isArray(body)) throw new Error('Consul answered something that is no list of services');
  return (body as unknown[]).flatMap((raw) => {
    const entry = entryOf(raw);
    // Consul finds names without looking at their case.
    if (entry.service.name !== service) return [];
    return nodeOf(entry) ?? [];
  });
}

function nodeOf(entry: HealthEntry): NodeRecord | undefined {
  const { id, meta } = entry.service;
  const record = recordIn(meta);
  // The meta of one service, copied by hand to another, is not its own.
  return record && typeof record.id === 'string' && consulId(record.id) === id ? record : handRecord(entry);
}

function entryOf(raw: unknown): HealthEntry {
  const { Node, Service } = object(raw);
  const node = object(Node);
  const service = object(Service);
  const tags = Array.isArray(service['Tags']) ? (service['Tags'] as unknown[]) : [];
  const meta = Object.entries(object(service['Meta'])).filter(([, value]) => typeof value === 'string');
  const weight = Number(object(service['Weights'])['Passing']);
  return {
    node: { name: text(node['Node']), address: text(node['Address']) },
    service: {
      id: text(service['ID']),
      name: serviceName(text(service['Service'])),
      address: text(service['Address']),
      port: typeof service['Port'] === 'number' ? service['Port'] : 0,
      tags: tags.filter((tag) => typeof tag === 'string'),
      meta: Object.fromEntries(meta) as Record<string, string>,
      weight: Number.isFinite(weight) ? weight : 1,
    },
  };
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
