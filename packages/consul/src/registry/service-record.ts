import { deflateSync, inflateSync } from 'node:zlib';
import { SkerryError, type NodeRecord } from '@skerry/core';
import { checkId, consulId } from './names.js';

/** A record in bytes of its JSON. What handlers' schemas are made of deflates to a sixth. */
export const maxRecordBytes = 128 * 1024;

// Consul's own limits of a service's meta: 64 pairs, values of 512 bytes. A few pairs are left for what people read.
const mostChunks = 56;
const chunkChars = 512;
// As much as the chunks hold of base64.
const mostPackedBytes = (mostChunks * chunkChars * 3) / 4;
const format = '1';
const chunkKey = (index: number): string => `skerry-record-${index}`;
// Less is raised to that by Consul.
const leastReapMs = 60_000;

/** What the agent is told: the service with its check, as `PUT /v1/agent/service/register` takes it. */
export interface ServiceDefinition {
  readonly ID: string;
  readonly Name: string;
  readonly Address?: string;
  readonly Port?: number;
  readonly Meta: Readonly<Record<string, string>>;
  readonly Weights: { readonly Passing: number; readonly Warning: number };
  readonly Check: Readonly<Record<string, string>>;
}

/**
 * The record as a service of Consul's: the whole in its meta, deflated, and beside it what people and other tools read.
 * Throws `SKERRY_REGISTRY_RECORD_TOO_LARGE` when it does not deflate to what the meta holds.
 *
 * @param name The service's, as Consul knows it.
 */
export function serviceOf(node: NodeRecord, name: string): ServiceDefinition {
  return {
    ID: consulId(node.id),
    Name: name,
    ...endpointOf(node.addresses['skerry']),
    Meta: { ...readable(node), ...chunks(node) },
    Weights: { Passing: Math.max(1, Math.round(node.weight)), Warning: 1 },
    Check: {
      CheckID: checkId(node.id),
      Name: 'refreshed by its process',
      TTL: `${node.ttlMs}ms`,
      Status: 'passing',
      DeregisterCriticalServiceAfter: `${Math.max(leastReapMs, node.ttlMs)}ms`,
    },
  };
}

/**
 * The record in a service's meta: what its JSON says, which whoever wrote it may have made up. `undefined` where there is
 * none that can be read.
 */
export function recordIn(meta: Readonly<Record<string, unknown>>): NodeRecord | undefined {
  if (meta['skerry-format'] !== format) return undefined;
  let text = '';
  for (let index = 0; index < mostChunks; index++) {
    const chunk = meta[chunkKey(index)];
    if (typeof chunk !== 'string') break;
    text += chunk;
  }
  try {
    const json = inflateSync(Buffer.from(text, 'base64'), { maxOutputLength: maxRecordBytes });
    const record: unknown = JSON.parse(json.toString());
    return typeof record === 'object' && record !== null ? (record as NodeRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether two metas hold the same record, without reading it. */
export function sameRecord(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  const keys = ['skerry-format', ...Array.from({ length: mostChunks }, (_, index) => chunkKey(index))];
  return keys.every((key) => one[key] === other[key]);
}

function chunks(node: NodeRecord): Record<string, string> {
  // A checksum is part of it: a record that lost a chunk is none.
  const packed = deflateSync(JSON.stringify(node), { level: 9 });
  if (packed.length > mostPackedBytes) {
    throw new SkerryError(
      'SKERRY_REGISTRY_RECORD_TOO_LARGE',
      `cannot register ${node.id}: its record deflates to ${packed.length} bytes, and the meta of a Consul service holds ` +
        `${mostPackedBytes}; shorten its metadata or the schemas of its endpoints`,
      { details: { bytes: packed.length, limit: mostPackedBytes } },
    );
  }
  const text = packed.toString('base64');
  const pairs: Record<string, string> = { 'skerry-format': format };
  for (let at = 0; at < text.length; at += chunkChars) {
    pairs[chunkKey(at / chunkChars)] = text.slice(at, at + chunkChars);
  }
  return pairs;
}

function readable({ version, zone }: NodeRecord): Record<string, string> {
  const pairs = Object.entries({ 'skerry-version': version, ...(zone === undefined ? {} : { 'skerry-zone': zone }) });
  return Object.fromEntries(pairs.filter(([, value]) => Buffer.byteLength(value) <= chunkChars));
}

/** Where others than Skerry reach the node, in DNS answers for example; nothing when the URL names no place. */
function endpointOf(url = ''): { Address?: string; Port?: number } {
  if (!URL.canParse(url)) return {};
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  // Consul refuses addresses that mean all of a machine's.
  if (!host || !port || ['0.0.0.0', '::'].includes(host)) return {};
  return { Address: host, Port: Number(port) };
}
