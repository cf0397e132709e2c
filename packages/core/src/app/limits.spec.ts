import { eventually } from '@skerry-private/test-kit';
import type { Client } from '../client/client.js';
import { ManualClock } from '../clock/manual-clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { rejection, World } from './fixtures/in-memory.js';

/** Calls that run, and what ends each. */
let running: { text: string; finish: () => void }[] = [];
let began: string[] = [];

function work(text: string): Promise<string> {
  began.push(text);
  return new Promise((resolve) => running.push({ text, finish: () => resolve(text) }));
}

function finishOne(): void {
  running.shift()!.finish();
}

@Service('kitchen', { concurrency: 3, queue: 1 })
class Kitchen {
  @Handler({ concurrency: 2, queue: 2, request: String })
  async cook(dish: string): Promise<string> {
    return work(dish);
  }

  @Handler({ request: String })
  async serve(dish: string): Promise<string> {
    return work(dish);
  }

  @Handler({ kind: 'client-stream', concurrency: 1, queue: 1, request: String })
  async wash(dishes: AsyncIterable<string>): Promise<string> {
    const washed: string[] = [];
    for await (const dish of dishes) washed.push(dish);
    return work(washed.join(' '));
  }
}

@Module({ providers: [Kitchen] })
class KitchenModule {}

@Module()
class GuestModule {}

describe('calls beyond the limit', () => {
  let clock: ManualClock;
  let world: World;
  let kitchen: Client<Kitchen>;

  beforeEach(async () => {
    running = [];
    began = [];
    clock = new ManualClock();
    world = new World(clock);
    await world.start(KitchenModule);
    kitchen = (await world.start(GuestModule)).client<Kitchen>('kitchen');
  });

  afterEach(async () => {
    const stopping = world.stop();
    await eventually(async () => {
      for (const { finish } of running.splice(0)) finish();
      await clock.advance(1_000);
      expect(world.apps).toHaveLength(0);
    });
    await stopping;
  });

  test('of a handler wait for their turn, in order', async () => {
    const replies = ['soup', 'fish', 'cake', 'cheese'].map((dish) => kitchen.cook(dish));
    await eventually(() => expect(began).toEqual(['soup', 'fish']));
    finishOne();
    await eventually(() => expect(began).toEqual(['soup', 'fish', 'cake']));
    finishOne();
    await eventually(() => expect(began).toHaveLength(4));
    finishOne();
    finishOne();
    await expect(Promise.all(replies)).resolves.toEqual(['soup', 'fish', 'cake', 'cheese']);
  });

  test('are refused before they are read when the queue is full, retryably', async () => {
    const replies = ['a', 'b', 'c', 'd'].map((dish) => kitchen.cook(dish));
    await eventually(() => expect(began).toHaveLength(2));
    const refused = rejection<SkerryError>(kitchen.cook('too much', { timeoutMs: 300 }));
    await clock.advance(300);
    const error = await refused;
    expect(error).toMatchObject({ code: 'SKERRY_RPC_OVERLOADED', status: 'RESOURCE_EXHAUSTED', retryable: true });
    expect(error.message).toMatch(/2 calls of kitchen\.cook run and 2 wait already/);
    expect(began).not.toContain('too much');
    const told = world.events.filter(({ type }) => type === 'shedding');
    expect(told).toEqual([{ type: 'shedding', name: 'kitchen.cook', concurrency: 2, queue: 2 }]);
    for (let call = 0; call < 4; call++) {
      await eventually(() => expect(running.length).toBeGreaterThan(0));
      await clock.advance(1_000);
      finishOne();
    }
    await Promise.all(replies);
    expect(world.events.filter(({ type }) => type === 'shedding-over')).toHaveLength(1);
  });

  test('of a service share what it allows', async () => {
    const served = ['a', 'b'].map((dish) => kitchen.serve(dish));
    const cooked = ['c', 'd'].map((dish) => kitchen.cook(dish));
    await eventually(() => expect(began).toEqual(['a', 'b', 'c']));
    finishOne();
    await eventually(() => expect(began).toEqual(['a', 'b', 'c', 'd']));
    while (running.length > 0) finishOne();
    await Promise.all([...served, ...cooked]);
  });

  test('give their place in the queue back when their caller leaves', async () => {
    const replies = ['a', 'b'].map((dish) => kitchen.cook(dish));
    await eventually(() => expect(began).toHaveLength(2));
    const leaving = new AbortController();
    const left = rejection<SkerryError>(kitchen.cook('left', { signal: leaving.signal }));
    const patient = kitchen.cook('patient');
    await clock.advance(1);
    leaving.abort();
    expect(await left).toMatchObject({ code: 'SKERRY_RPC_CANCELLED' });
    const late = kitchen.cook('late');
    finishOne();
    await eventually(() => expect(began).toEqual(['a', 'b', 'patient']));
    finishOne();
    await eventually(() => expect(began).toEqual(['a', 'b', 'patient', 'late']));
    while (running.length > 0) finishOne();
    await Promise.all([...replies, patient, late]);
  });

  test('are not begun when their deadline passes while they wait', async () => {
    const replies = ['a', 'b'].map((dish) => kitchen.cook(dish));
    await eventually(() => expect(began).toHaveLength(2));
    const hurried = rejection<SkerryError>(kitchen.cook('hurried', { timeoutMs: 100 }));
    await clock.advance(100);
    expect(await hurried).toMatchObject({ code: 'SKERRY_RPC_DEADLINE_EXCEEDED' });
    while (running.length > 0) finishOne();
    await Promise.all(replies);
    await clock.advance(10);
    expect(began).toEqual(['a', 'b']);
  });

  test('that send many messages keep them until they are begun', async () => {
    const first = kitchen.wash(['a', 'b']);
    await eventually(() => expect(began).toEqual(['a b']));
    const second = kitchen.wash(['c', 'd', 'e']);
    await clock.advance(10);
    finishOne();
    await expect(first).resolves.toBe('a b');
    await eventually(() => expect(began).toEqual(['a b', 'c d e']));
    finishOne();
    await expect(second).resolves.toBe('c d e');
  });

  test('that wait when the node is told to stop are finished like those that run', async () => {
    const replies = ['a', 'b', 'c'].map((dish) => kitchen.cook(dish));
    await eventually(() => expect(began).toHaveLength(2));
    const [server] = world.apps;
    const stopped = server!.stop('test');
    await eventually(async () => {
      await clock.advance(10);
      if (running.length > 0) finishOne();
      expect(began).toHaveLength(3);
    });
    while (running.length > 0) finishOne();
    await expect(Promise.all(replies)).resolves.toEqual(['a', 'b', 'c']);
    await expect(stopped).resolves.toBe(0);
  });
});
