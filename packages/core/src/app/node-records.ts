import { createHash } from 'node:crypto';
import { endpointRecord } from '../contract/contract.js';
import type { EndpointRecord } from '../registry/node-record.js';
import type { NodeDescription } from '../registry/registry.js';
import type { ServiceDefinition } from '../service/definition.js';

/** Where a node runs, and what it is there: the same for all services of an application. */
export interface NodeSite {
  /** Where others reach it, by protocol. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The codecs that it understands, the preferred one first. */
  readonly codecs: readonly string[];
  readonly zone?: string | undefined;
  readonly weight: number;
  /** Added to what each service says about itself, which wins. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How a service of this application describes itself to the registry. */
export function describeNode(service: ServiceDefinition, id: string, site: NodeSite): NodeDescription {
  const endpoints = service.handlers.map(endpointRecord);
  return {
    service: service.name,
    id,
    version: service.version,
    addresses: site.addresses,
    ...(site.zone === undefined ? {} : { zone: site.zone }),
    weight: site.weight,
    metadata: { ...site.metadata, ...service.metadata },
    endpoints,
    schemaHash: schemaHash(endpoints),
    ...(isJsonAlone(site.codecs) ? {} : { codecs: site.codecs }),
  };
}

function isJsonAlone([first, ...others]: readonly string[]): boolean {
  return first === 'json' && others.length === 0;
}

/** 16 hexadecimal digits. Handlers are sorted and schemas are made in one order, so the same classes give the same. */
function schemaHash(endpoints: readonly EndpointRecord[]): string {
  return createHash('sha256').update(JSON.stringify(endpoints)).digest('hex').slice(0, 16);
}
