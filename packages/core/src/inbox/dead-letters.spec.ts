import { ManualClock } from '../clock/manual-clock.js';
import { MemoryStoreDriver } from '../store/memory.js';
import { MemoryStoreEngine } from '../store/memory-engine.js';
import { Store } from '../store/store.js';
import { DeadLetters } from './dead-letters.js';
import { deadKey } from './outbox-keys.js';

const never = new AbortController().signal;

test('the last 1,000 or so of a queue are kept, and it is told how many are not', async () => {
  const clock = new ManualClock();
  const store = new Store(new MemoryStoreDriver(new MemoryStoreEngine(clock)), clock);
  const told: [string, number][] = [];
  const letters = new DeadLetters(
    store,
    () => Promise.resolve(),
    (queue, count) => told.push([queue, count]),
  );
  const message = { id: 'a', topic: 't', body: '', contentType: '', headers: [], publishedAt: 0, persistent: true };
  for (let at = 0; at < 1_100; at++) {
    await store.put(deadKey('q', `${10_000 + at}`), { queue: 'q', on: 't', ordered: false, message, failure: {} });
    await letters.keptOneMore('q', never);
  }
  expect(await letters.queues(never)).toEqual([{ queue: 'q', count: 1_000 }]);
  expect((await letters.list('q', 1, never))[0]!.id).toBe('10100');
  expect(told).toEqual([['q', 100]]);
  await store.close();
});
