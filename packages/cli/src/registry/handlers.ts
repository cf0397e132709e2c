import type { EndpointRecord, NodeRecord } from '@skerry/core';
import { newestFirst } from './versions.js';

/** A handler of a service whose nodes may be of several versions. */
export interface HandlerSummary {
  /** As the newest version that has it describes it. */
  readonly endpoint: EndpointRecord;
  /** The versions that have it, newest first. */
  readonly versions: readonly string[];
  /** How the versions differ, where they do: `not in 1.0.0`. */
  readonly note?: string;
}

/** Everything that can be called on some node, sorted by name. */
export function handlersOf(nodes: readonly NodeRecord[]): HandlerSummary[] {
  const all = newestFirst(nodes.map(({ version }) => version));
  const byVersion = all.map((version) => ({ version, endpoints: endpointsOf(nodes, version) }));
  const names = new Set(byVersion.flatMap(({ endpoints }) => [...endpoints.keys()]));
  return [...names].sort().map((name) => {
    const having = byVersion.filter(({ endpoints }) => endpoints.has(name));
    const endpoint = having[0]!.endpoints.get(name)!;
    const shown = JSON.stringify(endpoint);
    const different = having.filter(({ endpoints }) => JSON.stringify(endpoints.get(name)) !== shown);
    const lacking = byVersion.filter(({ endpoints }) => !endpoints.has(name));
    const notes = [
      ...(different.length > 0 ? [`different in ${listed(different)}`] : []),
      ...(lacking.length > 0 ? [`not in ${listed(lacking)}`] : []),
    ];
    const versions = having.map(({ version }) => version);
    return { endpoint, versions, ...(notes.length > 0 ? { note: notes.join(', ') } : {}) };
  });
}

function endpointsOf(nodes: readonly NodeRecord[], version: string): ReadonlyMap<string, EndpointRecord> {
  const endpoints = nodes.filter((node) => node.version === version).flatMap((node) => node.endpoints);
  return new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
}

function listed(versions: readonly { version: string }[]): string {
  return versions.map(({ version }) => version).join(', ');
}
