import assert from 'node:assert/strict';
import { Consumer, keeps, never } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define } from './stage.js';

/** Giving up, pausing and closing. */
export function endingCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  define('closing twice does no harm', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver);
    await consumer.subscription.close();
    await consumer.subscription.close();
    await driver.close();
    await driver.close();
    await consumer.subscription.close();
    assert.equal(consumer.losses, 0);
  });

  define('a driver that was never used closes', async (stage) => {
    const driver = await stage.open();
    await driver.close();
  });

  define('closing one driver does not disturb another', async (stage) => {
    const [here, there, closing] = [await stage.open(), await stage.open(), await stage.open()];
    const consumer = await stage.consume(there);
    const closed = await stage.consume(closing, { queue: stage.queue('other') });
    await closing.close();
    const messages = await stage.publish(here);
    await stage.getsAll([consumer], messages);
    assert.deepEqual([consumer.losses, closed.losses], [0, 0]);
  });

  define('subscribing with an aborted signal rejects with its reason, and nothing is delivered', async (stage) => {
    const driver = await stage.open();
    const reason = new Error('the subscriber has gone');
    const sink = new Consumer(() => stage.harness.now(), keeps);
    const call = driver.subscribe(stage.request(), sink, AbortSignal.abort(reason));
    await assert.rejects(call, (error) => error === reason);
    const consumer = await stage.consume(driver);
    const messages = await stage.publish(driver, stage.messages(5));
    await stage.getsAll([consumer], messages);
    assert.deepEqual([sink.deliveries.length, sink.losses], [0, 0]);
  });

  define('a signal that aborts later changes nothing', async (stage) => {
    const driver = await stage.open();
    const patience = new AbortController();
    const consumer = new Consumer(
      () => stage.harness.now(),
      (delivery) => delivery.ack(patience.signal),
    );
    await driver.subscribe(stage.request(), consumer, patience.signal);
    const before = stage.messages(2);
    await driver.publish(before, patience.signal);
    await stage.getsAll([consumer], before);
    patience.abort(new Error('over'));
    await stage.quiet();
    assert.equal(consumer.losses, 0);
    const after = await stage.consume(driver, { queue: stage.queue('after') });
    const messages = await stage.publish(driver);
    await stage.getsAll([after], messages);
    await stage.eventually(() => assert.equal(consumer.deliveries.length, 3));
  });

  define('what is unsettled when a subscription pauses can be settled, and no more comes', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const consumer = await stage.consume(there, { prefetch: 4 }, keeps);
    await stage.publish(here, stage.messages(8));
    await stage.comes(consumer, 4);
    await consumer.subscription.pause();
    const next = await stage.consume(here);
    await consumer.at(0).ack(never);
    await consumer.at(1).deadLetter(stage.failure(), never);
    await consumer.at(2).retry(0, stage.failure(), never);
    await stage.comes(next, 5);
    assert.equal(consumer.deliveries.length, 4);
    await consumer.subscription.close();
    const settled = consumer.ids.slice(0, 2);
    await stage.comes(next, 6);
    assert.equal(new Set([...settled, ...next.ids]).size, 8);
    assert.equal(consumer.deliveries.length, 4);
  });

  define('others get what a paused subscription does not', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const paused = await stage.consume(there);
    await paused.subscription.pause();
    const other = await stage.consume(here);
    const messages = await stage.publish(here, stage.messages(20));
    await stage.getsAll([other], messages);
    assert.deepEqual(paused.deliveries, []);
  });

  for (const ended of ['subscription', 'driver'] as const) {
    define(`nothing is delivered after the ${ended} was closed, and nothing settled`, async (stage) => {
      const [here, there] = [await stage.open(), await stage.open()];
      const consumer = await stage.consume(there, { prefetch: 5 }, keeps);
      await stage.publish(here, stage.messages(20));
      await stage.comes(consumer, 5);
      const next = await stage.consume(here);
      await (ended === 'driver' ? there : consumer.subscription).close();
      await stage.publish(here);
      await assert.rejects(consumer.at(0).ack(never));
      await stage.comes(next, 21);
      assert.equal(consumer.deliveries.length, 5);
      assert.equal(consumer.losses, 0);
    });
  }

  if (!lacks.has('broadcast')) {
    define('a broadcast that is closed settles nothing any more', async (stage) => {
      const driver = await stage.open();
      const consumer = await stage.consume(driver, { broadcast: true }, keeps);
      await stage.publish(driver);
      await stage.comes(consumer, 1);
      await consumer.subscription.close();
      await assert.rejects(consumer.at(0).ack(never));
    });
  }

  if (lacks.has('durable')) return;
  define('a subscription that is closed while messages rush in loses none', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    // Settled at once: what the engine did not hear of in time comes again, what it did does not.
    const handled = new Set<string>();
    const handles = (id: string, settled: Promise<void>): Promise<void> => settled.then(() => void handled.add(id));
    const first = await stage.consume(there, { prefetch: 5 }, (each) => handles(each.message.id, each.ack(never)));
    const publishing = stage.publish(here, stage.messages(200));
    await stage.eventually(() => assert.ok(first.deliveries.length > 10));
    await first.subscription.close();
    const second = await stage.consume(here, {}, (each) => handles(each.message.id, each.ack(never)));
    const messages = await publishing;
    await stage.eventually(() => assert.equal(handled.size, messages.length));
    assert.deepEqual(second.failures, []);
  });
}
