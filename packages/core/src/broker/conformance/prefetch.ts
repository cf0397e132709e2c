import assert from 'node:assert/strict';
import { keeps, never } from './consumer.js';
import type { Define } from './stage.js';

/** No more is unsettled at once than a subscription asked for. */
export function prefetchCases(define: Define): void {
  define('hands over no more than the prefetch, and one more for each that is settled', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver, { prefetch: 3 }, keeps);
    await stage.publish(driver, stage.messages(10));
    await stage.comes(consumer, 3);
    await consumer.at(1).ack(never);
    await stage.comes(consumer, 4);
    await consumer.at(0).deadLetter(stage.failure(), never);
    await stage.comes(consumer, 5);
    await consumer.at(2).retry(0, stage.failure(), never);
    await stage.comes(consumer, 6);
  });

  define('each subscription of a process has a prefetch of its own', async (stage) => {
    const driver = await stage.open();
    const small = await stage.consume(driver, { queue: stage.queue('a'), prefetch: 1 }, keeps);
    const large = await stage.consume(driver, { queue: stage.queue('a'), prefetch: 4 }, keeps);
    const other = await stage.consume(driver, { queue: stage.queue('b'), prefetch: 6 }, keeps);
    await stage.publish(driver, stage.messages(20));
    await stage.comes(small, 1);
    await stage.comes(large, 4);
    await stage.comes(other, 6);
  });

  define('a prefetch of one gives one after the other', async (stage) => {
    const driver = await stage.open();
    let [open, most] = [0, 0];
    const consumer = await stage.consume(driver, { prefetch: 1 }, async (delivery) => {
      most = Math.max(most, ++open);
      await Promise.resolve();
      open--;
      await delivery.ack(never);
    });
    const messages = await stage.publish(driver, stage.messages(50));
    await stage.getsAll([consumer], messages);
    assert.equal(most, 1);
  });
}
