import { ManualClock } from '../clock/manual-clock.js';
import { MemoryStoreDriver } from '../store/memory.js';
import { MemoryStoreEngine } from '../store/memory-engine.js';
import { Store } from '../store/store.js';
import { Outbox } from './outbox.js';
import type { OutboxEntry } from './outbox-entry.js';
import { OutboxWriter } from './outbox-writer.js';

const never = new AbortController().signal;
const failure = {
  code: 'OUT_OF_STOCK',
  message: 'none left',
  service: 'shop',
  node: 'shop-1',
  attempt: 1,
  failedAt: 0,
};

/** What one process has of the store that all share. */
interface Process {
  readonly outbox: Outbox;
  readonly writer: OutboxWriter;
  readonly store: Store;
}

describe('an outbox', () => {
  let clock: ManualClock;
  let engine: MemoryStoreEngine;
  let one: Process;
  let other: Process;

  function open(instance: string): Process {
    const store = new Store(new MemoryStoreDriver(engine), clock);
    const outbox = new Outbox(store, clock, instance, { leaseMs: 1_000, expireMs: 60_000, deadMs: 100_000 });
    return { store, outbox, writer: new OutboxWriter(store, clock, instance, 60_000) };
  }

  async function written(queues: readonly string[], more: object = {}): Promise<OutboxEntry[]> {
    const body = Buffer.from('{}');
    const plain = { id: 'a', topic: 't', body, contentType: 'application/json', headers: {}, publishedAt: 0 };
    const targets = queues.map((queue) => ({ queue, on: 't', ordered: true }));
    const message = { ...plain, persistent: true, ...more };
    return (await one.writer.write([{ message, targets }], never)).map(({ entry }) => entry);
  }

  const keys = (): string[] => engine.list({ prefix: '', limit: 100 }).entries.map(({ key }) => key.split('/')[0]!);
  const seen = async ({ outbox }: Process): Promise<OutboxEntry> => (await outbox.load(never))[0]!.entry;

  beforeEach(() => {
    clock = new ManualClock();
    engine = new MemoryStoreEngine(clock);
    [one, other] = [open('one'), open('other')];
  });

  afterEach(async () => {
    await Promise.all([one.store.close(), other.store.close()]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('lets one of several processes deliver an entry, and another one when the lease is over, counted', async () => {
    const [mine] = await written(['q']);
    const theirs = await seen(other);
    expect(await one.outbox.claim(mine!)).toBe('claimed');
    expect(await other.outbox.claim(theirs)).toEqual({ heldForMs: 1_000 });
    await clock.advance(700);
    await one.outbox.renew(mine!);
    await clock.advance(700);
    expect(await other.outbox.claim(theirs)).toEqual({ heldForMs: 300 });
    await clock.advance(300);
    expect(await other.outbox.claim(theirs)).toBe('claimed');
    expect([mine!.attempt, theirs.attempt]).toEqual([1, 2]);
    // Whoever has stood still does not take it from its successor.
    await one.outbox.release(mine!, true);
    expect(await one.outbox.claim(mine!)).toEqual({ heldForMs: 1_000 });
    await other.outbox.remove(theirs);
    expect(await one.outbox.claim(mine!)).toBe('gone');
  });

  test('forgets a delivery that was not begun', async () => {
    const [entry] = await written(['q']);
    await one.outbox.claim(entry!);
    await one.outbox.release(entry!, false);
    await one.outbox.claim(entry!);
    expect(entry!.attempt).toBe(1);
    expect((await seen(other)).attempt).toBe(1);
  });

  test('keeps what is said once, until the last queue has settled it', async () => {
    const [a, b] = await written(['a', 'b']);
    expect(keys()).toEqual(['bodies', 'entries', 'entries']);
    const body = (await one.outbox.body(a!))!;
    await one.outbox.claim(a!);
    await one.outbox.remove(a!, body);
    expect(keys()).toEqual(['bodies', 'entries']);
    await other.outbox.remove(b!);
    expect(keys()).toEqual([]);
  });

  test('a message that is put off for longer than it is kept is there when its time comes', async () => {
    const [entry] = await written(['q']);
    const body = (await one.outbox.body(entry!))!;
    await one.outbox.claim(entry!);
    await one.outbox.putOff(entry!, 500_000, body);
    expect((await other.outbox.load(never))[0]!.heldForMs).toBe(500_000);
    await clock.advance(499_999);
    expect(await other.outbox.claim(await seen(other))).toEqual({ heldForMs: 1 });
    await clock.advance(1);
    expect(await other.outbox.claim(await seen(other))).toBe('claimed');
    expect(await other.outbox.body(entry!)).toEqual(body);
  });

  test('a message with a time of its own is over then, put off or not', async () => {
    const [entry] = await written(['q'], { expireMs: 5_000 });
    const body = (await one.outbox.body(entry!))!;
    await one.outbox.claim(entry!);
    await one.outbox.putOff(entry!, 10_000, body);
    await clock.advance(5_000);
    expect(await one.outbox.claim(entry!)).toBe('gone');
    expect(await other.outbox.load(never)).toEqual([]);
  });

  test('keeps a dead letter although the message was over before it was given up', async () => {
    const [entry] = await written(['q'], { expireMs: 500 });
    const body = (await one.outbox.body(entry!))!;
    await one.outbox.claim(entry!);
    await clock.advance(800);
    await one.outbox.remove(entry!, body, { letter: one.outbox.letter(entry!, body, failure) });
    expect(keys()).toEqual(['dead']);
  });

  test('entries are in the order of their publication, also when the wall clock goes back', async () => {
    const first = await written(['q']);
    const wall = clock.wallTime.bind(clock);
    clock.wallTime = () => wall() - 10_000;
    const second = await written(['q']);
    expect(second[0]!.seq > first[0]!.seq).toBe(true);
  });
});
