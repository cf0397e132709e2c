import { shareable } from '../../clock/shared-signal.js';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type fastCheck from 'fast-check';
import type { StoredChange, StoredEntry, StoreDriver, StoreOutcome, StorePut } from '../driver.js';

/** What a test runner must offer; Jest, Vitest and node:test all fit. Passed in, so that nothing here imports one. */
export interface StoreRunner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>, timeoutMs?: number): void;
  /** fast-check, which makes the histories that the engine is compared with its model by. */
  readonly fc: typeof fastCheck;
}

/** What an engine brings to be tested: how to reach the real thing, and how to hurt it. */
export interface StoreHarness {
  /** A fresh driver on the same engine; two of them see each other's entries. */
  open(): Promise<StoreDriver>;

  /** Lets this much time go by for the engine: real time for a real one, virtual time for one on a manual clock. */
  pass(ms: number): Promise<void>;

  /** Stops the engine and starts it again; what is durable is there again. Absent where that makes no sense. */
  restart?(): Promise<void>;

  /** The shortest time to live that the engine honours. Default 1 s. */
  readonly ttlMs?: number;

  /** Time is virtual, and moves by `pass` alone: then random histories have times to live as well. Default `false`. */
  readonly virtualTime?: boolean;

  /** How many random histories are tried of each kind. Default 50. */
  readonly histories?: number;

  /** What the driver does not declare. Its cases are replaced by the one that its absence is reported. */
  readonly lacks?: readonly ('watch' | 'ttl' | 'batch')[];
}

/** For one test: a prefix that no other test and no earlier run has used, and drivers that are closed at its end. */
export class Stage {
  readonly prefix = `conformance-${randomUUID().slice(0, 8)}/`;
  readonly ttlMs: number;
  private readonly drivers: StoreDriver[] = [];
  private readonly lifetime = new AbortController();
  private readonly watches: Promise<unknown>[] = [];

  constructor(readonly harness: StoreHarness) {
    this.ttlMs = harness.ttlMs ?? 1_000;
  }

  async open(): Promise<StoreDriver> {
    const driver = await this.harness.open();
    this.drivers.push(driver);
    return driver;
  }

  /** A key of this test. */
  key(name: string): string {
    return this.prefix + name;
  }

  /** A put of this test, of a text. */
  putOf(name: string, text: string, change: Partial<StorePut> = {}): StorePut {
    return { type: 'put', key: this.key(name), value: Buffer.from(text), ...change };
  }

  /** Puts, and gives the version; fails when the condition does not hold. */
  async put(driver: StoreDriver, name: string, text: string, change: Partial<StorePut> = {}): Promise<string> {
    return done(await driver.put(this.putOf(name, text, change), never))!;
  }

  async delete(driver: StoreDriver, name: string, ifVersion?: string): Promise<string | undefined> {
    const condition = ifVersion === undefined ? {} : { ifVersion };
    return done(await driver.delete({ type: 'delete', key: this.key(name), ...condition }, never));
  }

  /** The text of an entry; `undefined` when there is none. */
  async text(driver: StoreDriver, name: string): Promise<string | undefined> {
    return textOf(await driver.get(this.key(name), never));
  }

  /** The names of all entries of this test that begin so, as pages of this size give them. */
  async names(driver: StoreDriver, begin = '', limit = 100): Promise<string[]> {
    const names: string[] = [];
    for (let after: string | undefined; ;) {
      const range = { prefix: this.key(begin), limit, ...(after === undefined ? {} : { after }) };
      const { entries, more } = await driver.list(range, never);
      assert.ok(entries.length <= limit, `${entries.length} entries on a page of ${limit}`);
      names.push(...entries.map(({ key }) => key.slice(this.prefix.length)));
      after = entries.at(-1)?.key;
      if (!more || after === undefined) return names;
    }
  }

  /** Watches until the test ends, and keeps what was reported; resolves when the watch stands. */
  async watch(driver: StoreDriver, begin = ''): Promise<Seen> {
    const seen = new Seen(this.prefix);
    const changed = (changes: readonly StoredChange[]): void => seen.add(changes);
    const ended = driver.watch(this.key(begin), changed, this.lifetime.signal).catch((error: unknown) => error);
    this.watches.push(ended);
    await this.eventually(() => assert.ok(seen.stands, 'the watch does not stand'));
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

  async end(): Promise<void> {
    this.lifetime.abort(new Error('the test is over'));
    await Promise.all(this.watches);
    for (const driver of this.drivers) await driver.close();
  }
}

/** What a watch has reported. */
export class Seen {
  stands = false;
  /** For each name the text that it has, or how it went; in the order of its reports. */
  readonly states = new Map<string, string[]>();
  reports = 0;

  constructor(private readonly prefix: string) {}

  add(changes: readonly StoredChange[]): void {
    this.stands = true;
    this.reports += changes.length;
    for (const change of changes) {
      const [key, state] =
        change.type === 'put'
          ? [change.entry.key, `put ${textOf(change.entry)!}`]
          : [change.type === 'resync' ? '' : change.key, change.type];
      const name = key.slice(this.prefix.length);
      this.states.set(name, [...(this.states.get(name) ?? []), state]);
    }
  }

  last(name: string): string | undefined {
    return this.states.get(name)?.at(-1);
  }
}

/** Defines a test that has a stage of its own. */
export type Define = (name: string, body: (stage: Stage) => Promise<void>) => void;

export const never: AbortSignal = shareable(new AbortController().signal);

export function done(outcome: StoreOutcome): string | undefined {
  assert.ok(outcome.done, 'a condition does not hold');
  return outcome.version;
}

export function textOf(entry: StoredEntry | undefined): string | undefined {
  return entry && Buffer.from(entry.value).toString();
}
