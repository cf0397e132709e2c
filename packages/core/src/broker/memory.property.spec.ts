import fc from 'fast-check';
import { ManualClock } from '../clock/manual-clock.js';
import { never } from './conformance/consumer.js';
import type { BrokerMessage, DriverDelivery, DriverSubscription } from './driver.js';
import { MemoryBrokerEngine } from './memory-engine.js';
import { MemoryBrokerDriver } from './memory.js';

/** One step of a history: of a publisher, of consumer `c`, of time, or of misfortune. */
type Step =
  | { readonly do: 'publish'; readonly key: number; readonly delayMs: number; readonly count: number }
  | { readonly do: 'consume'; readonly queue: number; readonly prefetch: number }
  | { readonly do: 'ack' | 'deadLetter' | 'kill' | 'pause'; readonly c: number; readonly which: number }
  | { readonly do: 'retry'; readonly c: number; readonly which: number; readonly delayMs: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'break' }
  | { readonly do: 'repeat' };

const delayMs = fc.constantFrom(0, 0, 10, 100);
const c = fc.nat(5);
const which = fc.nat(9);
const peaceful: fc.Arbitrary<Step>[] = [
  fc.record({ do: fc.constant('publish' as const), key: fc.nat(2), delayMs, count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('consume' as const), queue: fc.nat(1), prefetch: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('ack' as const), c, which }),
  fc.record({ do: fc.constantFrom('ack' as const, 'deadLetter' as const), c, which }),
  fc.record({ do: fc.constant('retry' as const), c, which, delayMs }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 60 }) }),
];
const faults: fc.Arbitrary<Step>[] = [
  fc.record({ do: fc.constantFrom('kill' as const, 'pause' as const), c, which }),
  fc.constantFrom<Step>({ do: 'break' }, { do: 'repeat' }),
];
const history = (...steps: fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> =>
  fc.array(fc.oneof(...steps), { maxLength: 80 });
const settings = { seed: 20_261_122, numRuns: 100 };
const queues = ['audit', 'mail'] as const;

/** A consumer of the history: what it holds, as the model has it. */
interface Holder {
  readonly queue: (typeof queues)[number];
  readonly prefetch: number;
  readonly held: DriverDelivery[];
  subscription: DriverSubscription;
  paused: boolean;
}

/** What a broker promises, in a few lines: who holds what, how often it came, and what became of it. */
class World {
  readonly clock = new ManualClock();
  readonly engine = new MemoryBrokerEngine(this.clock);
  readonly driver = new MemoryBrokerDriver(this.engine);
  readonly published: BrokerMessage[] = [];
  readonly holders: Holder[] = [];
  /** What the engine did that it must not. */
  readonly wrongs: string[] = [];
  /** By queue, in the order of their settling. */
  readonly finished = new Map<string, string[]>(queues.map((queue) => [queue, []]));
  private readonly attempts = new Map<string, number>();
  repeats = false;

  constructor(private readonly ordered: boolean) {}

  async consume(queue: Holder['queue'], prefetch: number): Promise<Holder> {
    const request = {
      topic: 't.#',
      queue,
      broadcast: false,
      prefetch,
      ordered: this.ordered,
      deadLetter: true,
    } as const;
    const holder: Holder = { queue, prefetch, held: [], subscription: undefined!, paused: false };
    const sink = {
      delivered: (delivery: DriverDelivery) => this.take(holder, delivery),
      lost: () => this.forget(holder),
    };
    holder.subscription = await this.driver.subscribe({ ...request, from: 'now' }, sink, never);
    this.holders.push(holder);
    return holder;
  }

  async publish(key: number, delayMs: number, count: number): Promise<void> {
    const messages = Array.from({ length: count }, (_, i) => ({
      id: `m${this.published.length + i}`,
      topic: 't.a',
      key: `k${key}`,
      body: new Uint8Array(10),
      contentType: 'text/plain',
      headers: {},
      publishedAt: 0,
      persistent: true,
      ...(delayMs > 0 ? { delayMs } : {}),
    }));
    this.published.push(...messages);
    expect(await this.driver.publish(messages, never)).toEqual(messages.map(() => 'routed'));
  }

  async settle(holder: Holder, which: number, how: (delivery: DriverDelivery) => Promise<void>): Promise<void> {
    const [delivery] = holder.held.splice(which % Math.max(1, holder.held.length), 1);
    if (delivery) await how(delivery);
  }

  finish(queue: string, { message }: DriverDelivery): void {
    this.finished.get(queue)!.push(message.id);
  }

  /** Its consumer has gone: the engine may hand what it held to others. */
  forget(holder: Holder): void {
    holder.held.length = 0;
    const index = this.holders.indexOf(holder);
    if (index >= 0) this.holders.splice(index, 1);
  }

  private take(holder: Holder, delivery: DriverDelivery): void {
    const { id, key } = delivery.message;
    const others = this.holders.filter(({ queue }) => queue === holder.queue).flatMap(({ held }) => held);
    this.wrong(
      others.some(({ message }) => message.id === id),
      `${id} is with two consumers`,
    );
    this.wrong(this.ordered && others.some(({ message }) => message.key === key), `two of ${key} at once`);
    const before = this.attempts.get(`${holder.queue} ${id}`) ?? 0;
    this.wrong(delivery.attempt !== before + 1, `${id}: attempt ${delivery.attempt} after ${before}`);
    this.attempts.set(`${holder.queue} ${id}`, delivery.attempt);
    this.wrong(holder.paused, `${id} came to a consumer that paused`);
    holder.held.push(delivery);
    this.wrong(holder.held.length > holder.prefetch, `more than ${holder.prefetch} at once`);
  }

  private wrong(is: boolean, what: string): void {
    if (is) this.wrongs.push(what);
  }
}

async function apply(world: World, step: Step): Promise<void> {
  const { clock, engine, holders } = world;
  if (step.do === 'publish') await world.publish(step.key, step.delayMs, step.count);
  else if (step.do === 'consume') await world.consume(queues[step.queue]!, step.prefetch);
  else if (step.do === 'advance') await clock.advance(step.ms);
  else if (step.do === 'break') engine.loseSubscriptions();
  else if (step.do === 'repeat') engine.deliverTwice((world.repeats = true));
  else await applyToHolder(world, step, holders[step.c % Math.max(1, holders.length)]);
  await clock.settle();
}

async function applyToHolder(
  world: World,
  step: Extract<Step, { readonly which: number }>,
  holder: Holder | undefined,
): Promise<void> {
  if (!holder) return;
  const failure = { code: 'X', message: 'x', service: 's', node: 'n', attempt: 1, failedAt: 0 };
  if (step.do === 'kill') {
    // First, as a process that is killed: it handles nothing more.
    world.forget(holder);
    await holder.subscription.close();
  } else if (step.do === 'pause') {
    holder.paused = true;
    await holder.subscription.pause();
  } else {
    await world.settle(holder, step.which, async (delivery) => {
      if (step.do === 'retry') return delivery.retry(step.delayMs, failure, never);
      world.finish(holder.queue, delivery);
      await (step.do === 'ack' ? delivery.ack(never) : delivery.deadLetter(failure, never));
    });
  }
}

/** Runs the history on two queues that exist from its beginning, and lets others finish what it has left. */
async function run(steps: readonly Step[], ordered: boolean): Promise<World> {
  const world = new World(ordered);
  for (const queue of queues) await (await world.consume(queue, 1)).subscription.close();
  world.holders.length = 0;
  for (const step of steps) await apply(world, step);
  for (const { subscription } of world.holders.splice(0)) await subscription.close();
  const finishers = [await world.consume('audit', 3), await world.consume('mail', 2)];
  await world.clock.advance(1_000);
  for (let idle = false; !idle;) {
    idle = finishers.every(({ held }) => held.length === 0);
    for (const holder of finishers)
      await applyToHolder(world, { do: 'ack', c: 0, which: 0 }, holder).then(() => world.clock.settle());
  }
  expect(world.wrongs).toEqual([]);
  return world;
}

for (const ordered of [false, true]) {
  const kind = ordered ? 'an ordered queue' : 'a queue';

  test(`${kind} has everything finished exactly once while nothing fails`, () =>
    fc.assert(
      fc.asyncProperty(history(...peaceful), async (steps) => {
        const { published, finished } = await run(steps, ordered);
        const expected = published.map(({ id }) => id).sort();
        for (const queue of queues) expect([...finished.get(queue)!].sort()).toEqual(expected);
      }),
      settings,
    ));

  test(`${kind} loses nothing, whatever fails, and repeats only what was not heard of`, () =>
    fc.assert(
      fc.asyncProperty(history(...peaceful, ...faults), async (steps) => {
        const { published, finished, repeats, engine, clock, driver } = await run(steps, ordered);
        const expected = published.map(({ id }) => id).sort();
        for (const queue of queues) {
          const ids = finished.get(queue)!;
          expect([...new Set(ids)].sort()).toEqual(expected);
          if (!repeats) expect(ids).toHaveLength(expected.length);
          for (const { id } of await driver.deadLetters!.list(queue, 1_000, never))
            await driver.deadLetters!.take(queue, id, 'drop', never);
        }
        expect(engine.queuedBytes).toBe(0);
        expect(clock.pendingTimers).toBe(0);
      }),
      settings,
    ));
}

test('messages of one key, without delays, are finished in their order by an ordered queue, whatever fails', () =>
  fc.assert(
    fc.asyncProperty(history(...peaceful, ...faults), async (steps) => {
      const prompt = steps.map((step) => (step.do === 'publish' ? { ...step, delayMs: 0 } : step));
      const { published, finished } = await run(prompt, true);
      for (const queue of queues) {
        for (const key of ['k0', 'k1', 'k2']) {
          const order = published.filter((message) => message.key === key).map(({ id }) => id);
          const first = [...new Set(finished.get(queue)!)].filter((id) => order.includes(id));
          expect(first).toEqual(order);
        }
      }
    }),
    settings,
  ));
