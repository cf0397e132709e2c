import assert from 'node:assert/strict';
import type { BrokerDriver, SubscriptionRequest } from '../driver.js';
import { Consumer, keeps, never } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define, Stage } from './stage.js';

/** What is beyond an engine is refused, and changes nothing; it is never done by halves. */
export function absenceCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  const beyond: Partial<Record<Lacking, Partial<SubscriptionRequest>>> = {
    queues: { broadcast: false },
    broadcast: { broadcast: true },
    ordered: { ordered: true },
    deadLetter: { deadLetter: true },
    replay: { from: 'earliest' },
  };
  for (const [capability, change] of Object.entries(beyond)) {
    if (!lacks.has(capability as Lacking)) continue;
    define(`refuses a subscription that needs ${capability}`, async (stage) => {
      await refuses(stage, await stage.open(), { broadcast: lacks.has('queues'), ...change });
    });
  }

  if (lacks.has('patterns')) {
    define('refuses a subscription that needs patterns', async (stage) => {
      const driver = await stage.open();
      const broadcast = lacks.has('queues');
      await refuses(stage, driver, { broadcast, topic: `${stage.topic}.*` });
      await refuses(stage, driver, { broadcast, topic: `${stage.topic}.#` });
    });
  }
  if (lacks.has('queues')) return;

  for (const [capability, change] of [
    ['delay', { delayMs: 1_000 }],
    ['expiry', { expireMs: 1_000 }],
  ] as const) {
    if (!lacks.has(capability)) continue;
    define(`refuses to publish what needs ${capability}, with all that is published with it`, async (stage) => {
      const driver = await stage.open();
      const consumer = await stage.consume(driver);
      await assert.rejects(driver.publish([stage.message(), stage.message(change)], never));
      const messages = await stage.publish(driver);
      await stage.getsAll([consumer], messages);
    });
  }

  if (lacks.has('delay')) {
    define('refuses to retry with a delay, and leaves the delivery unsettled', async (stage) => {
      const driver = await stage.open();
      const consumer = await stage.consume(driver, {}, keeps);
      await stage.publish(driver);
      await stage.comes(consumer, 1);
      await assert.rejects(consumer.at(0).retry(1_000, stage.failure(), never));
      await stage.comes(consumer, 1);
      await consumer.at(0).ack(never);
    });
  }

  if (lacks.has('attempts')) {
    define('says of each delivery that it is the first', async (stage) => {
      const driver = await stage.open();
      const again = async (delivery: Consumer['deliveries'][number], consumer: Consumer): Promise<void> =>
        consumer.deliveries.length < 3 ? delivery.retry(0, stage.failure(), never) : delivery.ack(never);
      const consumer = await stage.consume(driver, {}, again);
      await stage.publish(driver);
      await stage.comes(consumer, 3);
      assert.deepEqual(consumer.attempts, [1, 1, 1]);
    });
  }

  if (lacks.has('mandatory')) {
    define('says of a message without a queue that it was routed', async (stage) => {
      const driver = await stage.open();
      assert.deepEqual(await driver.publish([stage.message()], never), ['routed']);
    });
  }
}

async function refuses(stage: Stage, driver: BrokerDriver, change: Partial<SubscriptionRequest>): Promise<void> {
  const sink = new Consumer(() => stage.harness.now(), keeps);
  await assert.rejects(driver.subscribe(stage.request(change), sink, never));
  await driver.publish([stage.message()], never);
  await stage.quiet();
  assert.deepEqual([sink.deliveries.length, sink.losses], [0, 0]);
}
