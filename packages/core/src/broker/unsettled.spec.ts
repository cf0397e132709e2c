import { ManualClock } from '../clock/manual-clock.js';
import { JsonCodec } from '../codec/json-codec.js';
import { Broker } from './broker.js';
import type { BrokerEvent } from './broker-events.js';
import type { DriverDelivery } from './driver.js';
import { MemoryBrokerDriver } from './memory.js';
import { MemoryBrokerEngine } from './memory-engine.js';
import type { SubscriptionPlan } from './subscription-plan.js';

const plan: SubscriptionPlan = {
  ...{ topic: 't', queue: 'q', broadcast: false, prefetch: 1, ordered: false, deadLetter: true, from: 'now' },
  ...{ attempts: 5, backoff: undefined, concurrency: 1, dedupe: undefined },
};

type Settling = 'ack' | 'retry' | 'deadLetter';

/** A broker whose engine cannot be told what became of the first delivery, by the method that is named. */
function stage(broken: Settling) {
  const clock = new ManualClock();
  const driver = new MemoryBrokerDriver(new MemoryBrokerEngine(clock));
  const subscribe = driver.subscribe.bind(driver);
  let left = 1;
  driver.subscribe = (request, sink, signal) => {
    const delivered = (delivery: DriverDelivery): void => {
      const settle = delivery[broken].bind(delivery) as (...given: unknown[]) => Promise<void>;
      (delivery as unknown as Record<string, unknown>)[broken] = (...given: unknown[]) =>
        left-- > 0 ? Promise.reject(new Error('the engine cannot be told')) : settle(...given);
      sink.delivered(delivery);
    };
    return subscribe(request, { delivered, lost: (error) => sink.lost(error) }, signal);
  };
  const events: BrokerEvent[] = [];
  const self = { service: 's', node: 's-1' };
  const broker = new Broker(driver, clock, new JsonCodec(), self, (event) => void events.push(event));
  return { clock, broker, events };
}

describe('a delivery that the engine could not be told about', () => {
  test.each<[Settling, number]>([
    ['ack', 0],
    ['retry', 1],
  ])('is not forgotten while the subscription lives: it comes again (%s)', async (broken, failures) => {
    const { clock, broker, events } = stage(broken);
    let runs = 0;
    const subscription = broker.subscription(plan, () => {
      runs++;
      return runs <= failures ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    await subscription.start();
    await broker.publish('t', { n: 1 });
    await broker.publish('t', { n: 2 });
    for (let turn = 0; turn < 50 && subscription.stats.handled < 3 - failures; turn++) {
      await clock.settle();
      await clock.advance(1_000);
    }
    await clock.settle();
    expect(events.filter(({ type }) => type === 'settling-failed')).toHaveLength(1);
    // Its prefetch is 1: the second message came only because the first was no longer in nobody's hands.
    expect(runs).toBe(3);
    expect(await subscription.waiting()).toBe(0);
    await subscription.stop(0);
    await broker.close();
    expect(clock.pendingTimers).toBe(0);
  });
});
