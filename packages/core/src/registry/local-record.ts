import { createHash } from 'node:crypto';
import { checkNodeRecord } from './check-node-record.js';
import type { LocalStamp } from './local-liveness.js';
import type { NodeRecord } from './node-record.js';

/** What one file of the local registry says. */
export interface LocalRecord {
  readonly node: NodeRecord;
  readonly stamp: LocalStamp;
}

/** What a file may have beyond its node record, in bytes. */
export const stampBytes = 1024;

const format = 1;

/**
 * How the names of all files of one service begin: its name as far as a file name can show it, and what tells it apart.
 */
export function filePrefix(service: string): string {
  const shown = service
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${shown.replace(/^-|-$/g, '') || 'service'}.${digest(service)}.`;
}

export function fileName({ service, id }: NodeRecord): string {
  return `${filePrefix(service)}${digest(id)}.json`;
}

/** Whether a file can be a record, by its name. */
export function isRecordName(name: string): boolean {
  return /^[a-z0-9-]+\.[0-9a-f]{24}\.[0-9a-f]{24}\.json$/.test(name);
}

export function encodeLocalRecord({ node, stamp }: LocalRecord): string {
  return JSON.stringify({ format, stamp, node });
}

/** `undefined` for everything that {@link encodeLocalRecord} did not write. */
export function decodeLocalRecord(text: string): LocalRecord | undefined {
  try {
    const raw = JSON.parse(text) as { format: unknown; node: unknown; stamp: Record<keyof LocalStamp, unknown> };
    const { boot, pidNamespace, pid, startedAt, refreshedAtMs } = raw.stamp;
    const texts = typeof boot === 'string' && typeof pidNamespace === 'string' && typeof startedAt === 'string';
    if (raw.format !== format || !texts || !isPid(pid) || typeof refreshedAtMs !== 'number') return undefined;
    return { node: checkNodeRecord(raw.node), stamp: { boot, pidNamespace, pid, startedAt, refreshedAtMs } };
  } catch {
    return undefined;
  }
}

// 0 and negative numbers are groups of processes.
function isPid(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31;
}

function digest(name: string): string {
  // 96 bits, in an alphabet that survives file systems which ignore case.
  return createHash('sha256').update(name).digest('hex').slice(0, 24);
}
