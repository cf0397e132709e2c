import assert from 'node:assert/strict';
import { SystemClock } from '../../clock/system-clock.js';
import { SkerryError } from '../../errors/skerry-error.js';
import type { ApplicationOptions } from '../options.js';
import type { ProtocolHarness, ProtocolPeers } from './harness.js';
import { makeSubject, type Seen } from './subject.js';

/** Largest message of the suite's server, in bytes. */
export const maxMessageBytes = 64 * 1024;

/** How long the suite waits for what is to happen, in ms: for machines that are busy. */
const patienceMs = 10_000;

export interface Together extends ProtocolPeers {
  readonly seen: Seen;
}

/** Runs `body` with an application and a caller of their own, and closes them. */
export async function withPeers(
  harness: ProtocolHarness,
  body: (peers: Together) => Promise<void>,
  options: ApplicationOptions = {},
): Promise<void> {
  const { root, seen } = makeSubject();
  const peers = await harness.open(root, {
    ...{ logLevel: 'silent', maxMessageBytes, drainDelayMs: 0, drainTimeoutMs: 5_000, env: {} },
    ...options,
  });
  try {
    await body({ ...peers, seen });
  } finally {
    seen.release();
    await peers.close();
  }
}

/** Resolves once `met`, and rejects with what has not come about. */
export async function until(what: string, met: () => boolean): Promise<void> {
  const clock = new SystemClock();
  const before = clock.now() + patienceMs;
  while (!met()) {
    if (clock.now() > before) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await clock.sleep(2);
  }
}

/** Resolves when a number is above 0 and has not changed for 100 ms. */
export async function untilStill(value: () => number): Promise<number> {
  const clock = new SystemClock();
  const before = clock.now() + patienceMs;
  for (let last = -1; ;) {
    const now = value();
    if (now > 0 && now === last) return now;
    last = now;
    if (clock.now() > before) throw new Error(`not still within ${patienceMs} ms: it is ${now}, and grows`);
    await clock.sleep(100);
  }
}

/** What `promise` rejects with. */
export async function failure(promise: PromiseLike<unknown>): Promise<SkerryError> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (SkerryError.is(error)) return error;
    throw error;
  }
  throw new Error(`it should have failed, and gave ${JSON.stringify(value)}`);
}

export async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** Compares values, whatever classes and realms their objects come from: a client's may be its own. */
export function same(actual: unknown, expected: unknown): void {
  assert.deepEqual(plain(actual), plain(expected));
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, plain);
  if (ArrayBuffer.isView(value)) return { bytes: Buffer.from(value as Uint8Array).toString('hex') };
  if (typeof value !== 'object' || value === null) return value;
  if (Object.prototype.toString.call(value) === '[object Date]') return { date: (value as Date).toISOString() };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
