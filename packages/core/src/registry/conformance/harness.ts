import { shareable } from '../../clock/shared-signal.js';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { RegistryDriver } from '../driver.js';
import type { NodeRecord } from '../node-record.js';

/** What a test runner must offer; Jest, Vitest and node:test all fit. Passed in, so that nothing here imports one. */
export interface Runner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>, timeoutMs?: number): void;
}

/** What an engine brings to be tested: how to reach the real thing, and how to hurt it. */
export interface RegistryHarness {
  /** A fresh driver on the same engine; two of them see each other's records. */
  open(): Promise<RegistryDriver>;

  /** Lets this much time go by for the engine: real time for a real one, virtual time for one on a manual clock. */
  pass(ms: number): Promise<void>;

  /** Stops the engine and starts it again, keeping its data or not. Absent where that makes no sense. */
  restart?(keepData: boolean): Promise<void>;

  /** The shortest TTL that the engine honours. Default 1 s. */
  readonly ttlMs?: number;

  /** How long after its last refresh a record with that TTL may still be seen. Default twice the TTL. */
  readonly expiredWithinMs?: number;

  /** What the driver does not declare. Its cases are replaced by the one that its absence is reported. */
  readonly lacks?: readonly ('watch' | 'writable')[];
}

/** For one test: a name that no other test and no earlier run has used, and drivers that are closed at its end. */
export class Stage {
  readonly service = `conformance-${randomUUID().slice(0, 8)}`;
  readonly ttlMs: number;
  readonly expiredWithinMs: number;
  private readonly drivers: RegistryDriver[] = [];
  private readonly lifetime = new AbortController();
  private readonly watches: Promise<unknown>[] = [];

  constructor(readonly harness: RegistryHarness) {
    this.ttlMs = harness.ttlMs ?? 1_000;
    this.expiredWithinMs = harness.expiredWithinMs ?? 2 * this.ttlMs;
  }

  async open(): Promise<RegistryDriver> {
    const driver = await this.harness.open();
    this.drivers.push(driver);
    return driver;
  }

  /** A record of this test's service, living for a minute. */
  node(name: string, change: Partial<NodeRecord> = {}): NodeRecord {
    return deepFreeze({
      service: this.service,
      id: `${change.service ?? this.service}-${name}`,
      version: '1.0.0',
      addresses: { skerry: 'tcp://127.0.0.1:4101' },
      weight: 10,
      metadata: {},
      endpoints: [],
      ttlMs: Math.max(60_000, this.ttlMs),
      epoch: 1,
      ...change,
    });
  }

  /** Watches until the test ends; `last` is what was reported last, `reports` how often. */
  watch(
    driver: RegistryDriver,
    service = this.service,
  ): { last?: readonly NodeRecord[]; reports: number; ended: Promise<unknown> } {
    const seen = {
      reports: 0,
      ended: Promise.resolve() as Promise<unknown>,
      last: undefined as readonly NodeRecord[] | undefined,
    };
    const changed = (nodes: readonly NodeRecord[]): void => {
      seen.last = nodes;
      seen.reports++;
    };
    seen.ended = driver.watch(service, changed, this.lifetime.signal).catch((error: unknown) => error);
    this.watches.push(seen.ended);
    return seen;
  }

  /** Waits until `check` no longer throws; then lets the failure through. */
  async eventually(check: () => void | Promise<void>, withinMs = 5_000): Promise<void> {
    const stepMs = 20;
    for (let passedMs = 0; ; passedMs += stepMs) {
      try {
        return await check();
      } catch (error) {
        if (passedMs >= withinMs) throw error;
      }
      await this.harness.pass(stepMs);
    }
  }

  /** Waits until a lookup shows exactly these nodes, whole. */
  async shows(
    driver: RegistryDriver,
    nodes: readonly NodeRecord[],
    service = this.service,
    withinMs?: number,
  ): Promise<void> {
    await this.eventually(async () => same(await driver.lookup(service, never), nodes), withinMs);
  }

  async end(): Promise<void> {
    this.lifetime.abort(new Error('the test is over'));
    await Promise.all(this.watches);
    for (const driver of this.drivers) await driver.close();
  }
}

/** Defines a test that has a stage of its own. */
export type Define = (name: string, body: (stage: Stage) => Promise<void>) => void;

export const never: AbortSignal = shareable(new AbortController().signal);

export function same(actual: readonly NodeRecord[] | undefined, expected: readonly NodeRecord[]): void {
  assert.deepEqual(actual && sorted(actual), sorted(expected));
}

function sorted(nodes: readonly NodeRecord[]): readonly NodeRecord[] {
  return [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) deepFreeze(each);
    Object.freeze(value);
  }
  return value;
}
