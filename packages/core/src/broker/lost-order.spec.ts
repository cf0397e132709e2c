import { ManualClock } from '../clock/manual-clock.js';
import { JsonCodec } from '../codec/json-codec.js';
import { Broker } from './broker.js';
import type { Delivery } from './delivery.js';
import { MemoryBrokerDriver } from './memory.js';
import { MemoryBrokerEngine } from './memory-engine.js';
import type { SubscriptionPlan } from './subscription-plan.js';

const plan: SubscriptionPlan = {
  ...{ topic: 't', queue: 'q', broadcast: false, prefetch: 10, ordered: true, deadLetter: true, from: 'now' },
  ...{ attempts: 5, backoff: { firstMs: 5_000 }, concurrency: 1, dedupe: undefined },
};

/** One of two instances that share an ordered queue. */
function instance(engine: MemoryBrokerEngine, clock: ManualClock) {
  const driver = new MemoryBrokerDriver(engine);
  const broker = new Broker(driver, clock, new JsonCodec(), { service: 's', node: 's-1' });
  return { broker, driver };
}

test('a message that waits to be tried again is not, once its subscription is lost: others may be past it', async () => {
  const clock = new ManualClock();
  const engine = new MemoryBrokerEngine(clock);
  const [first, second] = [instance(engine, clock), instance(engine, clock)];
  const begun: string[] = [];
  const handler =
    (name: string, fails: boolean) =>
    async ({ id }: Delivery): Promise<void> => {
      begun.push(`${name} ${id}`);
      if (fails) throw new Error('not this time');
    };
  const failing = first.broker.subscription(plan, handler('first', true));
  await failing.start();
  for (const messageId of ['a', 'b']) await first.broker.publish('t', {}, { key: 'k', messageId });
  await clock.advance(100);
  expect(begun).toEqual(['first a']);

  // The first one does not come back.
  first.driver.subscribe = () => Promise.reject(new Error('the connection broke'));
  engine.loseSubscriptions();
  await second.broker.subscription(plan, handler('second', false)).start();
  await clock.advance(20_000);
  expect(begun).toEqual(['first a', 'second a', 'second b']);
  expect(failing.stats.inFlight).toBe(0);

  for (const { broker } of [first, second]) {
    await broker.stop(0);
    await broker.close();
  }
  expect(engine.queuedBytes).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});
