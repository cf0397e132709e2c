import assert from 'node:assert/strict';
import { keeps, never } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define } from './stage.js';

/** Messages that wait before they come. */
export function publishDelayCases(define: Define): void {
  define('what is published with a delay does not come before', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const consumer = await stage.consume(there);
    const publishedAt = stage.harness.now();
    const [late, soon] = await stage.publish(here, [stage.message({ delayMs: stage.delayMs }), stage.message()]);
    await stage.getsAll([consumer], [late!, soon!]);
    assert.deepEqual(consumer.ids, [soon!.id, late!.id]);
    stage.notBefore(publishedAt + stage.delayMs, consumer.times[1]!);
    assert.deepEqual(consumer.attempts, [1, 1]);
  });

  define('each message has a delay of its own', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver);
    const publishedAt = stage.harness.now();
    const [long, short] = await stage.publish(driver, [
      stage.message({ delayMs: 3 * stage.delayMs }),
      stage.message({ delayMs: stage.delayMs }),
    ]);
    await stage.getsAll([consumer], [long!, short!]);
    assert.deepEqual(consumer.ids, [short!.id, long!.id]);
    stage.notBefore(publishedAt + stage.delayMs, consumer.times[0]!);
    stage.notBefore(publishedAt + 3 * stage.delayMs, consumer.times[1]!);
  });

  define('what is delayed goes to each of its queues', async (stage) => {
    const driver = await stage.open();
    const consumers = [
      await stage.consume(driver, { queue: stage.queue('a') }),
      await stage.consume(driver, { queue: stage.queue('b') }),
    ];
    const messages = await stage.publish(driver, [stage.message({ delayMs: stage.delayMs })]);
    for (const consumer of consumers) await stage.getsAll([consumer], messages);
  });

  define('says of a delayed message without a queue that it reached none, where it knows', async (stage) => {
    const driver = await stage.open();
    const known = driver.capabilities.mandatory === true;
    const told = await driver.publish([stage.message({ delayMs: stage.delayMs })], never);
    assert.deepEqual(told, [known ? 'unrouted' : 'routed']);
  });
}

/** Messages whose time is over. */
export function expiryCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  define('what was not handed over in its time disappears', async (stage) => {
    const driver = await stage.open();
    const deadLetter = !lacks.has('deadLetter');
    const consumer = await stage.consume(driver, { prefetch: 1, deadLetter }, keeps);
    await stage.publish(driver);
    await stage.comes(consumer, 1);
    const [, lasting] = await stage.publish(driver, [stage.message({ expireMs: stage.delayMs }), stage.message()]);
    await stage.harness.pass(2 * stage.delayMs);
    await consumer.at(0).ack(never);
    await stage.comes(consumer, 2);
    assert.equal(consumer.ids[1], lasting!.id);
    await consumer.at(1).ack(never);
    await stage.comes(consumer, 2);
    // Over is not failed.
    if (deadLetter) assert.deepEqual(await driver.deadLetters!.list(stage.queue('queue'), 10, never), []);
  });

  define('what is handed over in its time may be handled for longer', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver, {}, keeps);
    await stage.publish(driver, [stage.message({ expireMs: stage.delayMs })]);
    await stage.comes(consumer, 1);
    await stage.harness.pass(2 * stage.delayMs);
    await consumer.at(0).ack(never);
    await stage.comes(consumer, 1);
  });

  define('what has time enough comes', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver);
    const messages = await stage.publish(driver, stage.messages(5, { expireMs: 60_000 }));
    await stage.getsAll([consumer], messages);
  });

  define('what was delayed disappears in its time as well, where the engine says so', async (stage) => {
    const driver = await stage.open();
    if (driver.capabilities.expiry !== true || lacks.has('delay')) return;
    const consumer = await stage.consume(driver, { prefetch: 1 }, keeps);
    await stage.publish(driver);
    await stage.comes(consumer, 1);
    const brief = stage.message({ delayMs: stage.delayMs, expireMs: 2 * stage.delayMs });
    const [, lasting] = await stage.publish(driver, [brief, stage.message({ delayMs: stage.delayMs })]);
    await stage.harness.pass(3 * stage.delayMs);
    await consumer.at(0).ack(never);
    await stage.comes(consumer, 2);
    assert.equal(consumer.ids[1], lasting!.id);
    await consumer.at(1).ack(never);
    await stage.comes(consumer, 2);
  });
}
