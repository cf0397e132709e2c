import fc from 'fast-check';
import type { Timer } from '../clock/clock.js';
import { ManualClock } from '../clock/manual-clock.js';
import { ExpiryQueue } from './expiry-queue.js';
import { MemoryStoreEngine } from './memory-engine.js';
import { MemoryStoreDriver } from './memory.js';

test('gives what was added in the order of its time, whatever was replaced meanwhile', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ at: fc.nat(50), key: fc.nat(5) }), { maxLength: 200 }), (added) => {
      const current = new Map<string, string>();
      const queue = new ExpiryQueue(({ key, version }) => current.get(key) === version);
      for (const [index, { at, key }] of added.entries()) {
        current.set(String(key), String(index));
        queue.add({ at, key: String(key), version: String(index) }, current.size);
      }
      const taken: number[] = [];
      const stood: string[] = [];
      for (let { first } = queue; first; { first } = queue) {
        taken.push(first.at);
        if (current.get(first.key) === first.version) stood.push(first.key);
        queue.removeFirst();
      }
      expect(taken).toEqual([...taken].sort((a, b) => a - b));
      expect(stood.sort()).toEqual([...current.keys()].sort());
    }),
  );
});

test('an entry that is renewed again and again costs no memory', () => {
  let version = 0;
  const queue = new ExpiryQueue((expiry) => expiry.version === String(version));
  let cleaned = 0;
  for (let i = 0; i < 100_000; i++) {
    version = i;
    queue.add({ at: i, key: 'a', version: String(i) }, 1);
    // The oldest one went: there was a cleaning.
    if (queue.first!.at === i) cleaned++;
  }
  expect(cleaned).toBeGreaterThan(50);
});

test('many entries that expire together are removed in portions, and no timer is left', async () => {
  const clock = new ManualClock();
  const engine = new MemoryStoreEngine(clock);
  const driver = new MemoryStoreDriver(engine);
  const portions: number[] = [];
  const value = new Uint8Array();
  engine.watch(
    '',
    (changes) => portions.push(changes.length),
    () => undefined,
  );
  engine.write(Array.from({ length: 2_500 }, (_, i) => ({ type: 'put', key: `k${i}`, value, ttlMs: 1_000 }) as const));
  await clock.settle();
  portions.length = 0;
  await clock.advance(1_000);
  expect(portions).toEqual([1_000, 1_000, 500]);
  expect(clock.pendingTimers).toBe(0);

  engine.write([{ type: 'put', key: 'long', value, ttlMs: 60_000 }]);
  expect(clock.pendingTimers).toBe(1);
  await driver.close();
  expect(clock.pendingTimers).toBe(0);
});

test('an entry outlives a timer that is early, as one of a real clock is after 24 days', async () => {
  class EarlyClock extends ManualClock {
    override setTimer(delayMs: number, callback: () => void): Timer {
      return super.setTimer(Math.min(delayMs, 100), callback);
    }
  }
  const clock = new EarlyClock();
  const engine = new MemoryStoreEngine(clock);
  const driver = new MemoryStoreDriver(engine);
  engine.write([{ type: 'put', key: 'a', value: new Uint8Array(), ttlMs: 1_000 }]);
  await clock.advance(999);
  expect(engine.get('a')).toBeDefined();
  await clock.advance(1);
  expect(engine.get('a')).toBeUndefined();
  await driver.close();
});
