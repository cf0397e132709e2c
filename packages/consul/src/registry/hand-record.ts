import { isIPv6 } from 'node:net';
import type { NodeRecord } from '@skerry/core';
import type { HealthEntry } from './health-entry.js';

// No process refreshes it: Consul's own checks say whether it lives.
const ttlMs = 60_000;
const ownKey = /^(version|zone|skerry-.*)$/;
const semver = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]{1,80})?$/;

/**
 * The node behind a service that was registered by hand, or by another program: called at its address and port, with
 * whatever handler the caller names. `undefined` when it has no port to connect to.
 */
export function handRecord({ node, service }: HealthEntry): NodeRecord | undefined {
  const host = service.address || node.address;
  const { port, meta } = service;
  const named = isIPv6(host) ? `[${host}]` : /^[\w.-]{1,253}$/.test(host) ? host : undefined;
  if (!named || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const zone = meta['zone'] || meta['skerry-zone'];
  return {
    service: service.name,
    // Ids are an agent's own: `web` may run on every machine.
    id: `${service.id}@${node.name}`,
    version: versionOf(meta, service.tags),
    addresses: { skerry: `tcp://${named}:${port}` },
    ...(zone ? { zone } : {}),
    weight: Math.min(100, Math.max(1, service.weight)),
    metadata: Object.fromEntries(Object.entries(meta).filter(([key]) => !ownKey.test(key))),
    endpoints: [],
    ttlMs,
    epoch: 0,
  };
}

function versionOf(meta: Readonly<Record<string, string>>, tags: readonly string[]): string {
  const tagged = tags.map((tag) => /^(?:version=|v(?=\d))(.*)$/.exec(tag)?.[1]);
  const given = [meta['version'], meta['skerry-version'], ...tagged].map((text) => text?.replace(/^v/, ''));
  return given.find((text) => text !== undefined && semver.test(text)) ?? '0.0.0';
}
