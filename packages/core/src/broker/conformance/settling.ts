import assert from 'node:assert/strict';
import { keeps, never, sameMessage, type Reaction } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define } from './stage.js';

/** What becomes of a delivery: handled, tried again, given up, or left by a consumer that has gone. */
export function settlingCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  const counted = (attempts: readonly number[]): number[] =>
    attempts.map((attempt) => (lacks.has('attempts') ? 1 : attempt));

  define('what was acknowledged is never delivered again', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const first = await stage.consume(there);
    const messages = await stage.publish(here, stage.messages(20));
    await stage.getsAll([first], messages);
    await there.close();
    const second = await stage.consume(here);
    await stage.comes(second, 0);
  });

  define('what is retried comes again at once, whole, and counted', async (stage) => {
    const driver = await stage.open();
    const twice: Reaction = (delivery, { deliveries }) =>
      deliveries.length < 3
        ? delivery.retry(0, stage.failure({ attempt: deliveries.length }), never)
        : delivery.ack(never);
    const consumer = await stage.consume(driver, {}, twice);
    const [message] = await stage.publish(driver, [
      stage.message({ key: 'k', headers: { a: 'b' }, body: Uint8Array.of(0, 255, 128) }),
    ]);
    await stage.comes(consumer, 3);
    assert.deepEqual(consumer.attempts, counted([1, 2, 3]));
    for (const delivery of consumer.deliveries) sameMessage(delivery.message, message!);
    assert.deepEqual(consumer.failures, []);
  });

  define('one that is retried for ever does not hold up the others', async (stage) => {
    const driver = await stage.open();
    const messages = stage.messages(20);
    const [poison, ...others] = messages;
    const again: Reaction = (delivery, { settled, ids }) => {
      const handled = others.every(({ id }) => ids.includes(id));
      // Enough for any fairness, and an end for an engine that has none.
      if (delivery.message.id !== poison!.id || handled || settled > 1_000) return delivery.ack(never);
      return delivery.retry(0, stage.failure(), never);
    };
    const consumer = await stage.consume(driver, { prefetch: 1 }, again);
    await stage.publish(driver, messages);
    await stage.eventually(() => assert.equal(new Set(consumer.ids).size, 20));
    assert.ok(consumer.settled < 500, `the last one came after ${consumer.settled} others`);
  });

  if (!lacks.has('delay')) {
    define('what is retried with a delay does not come before', async (stage) => {
      const driver = await stage.open();
      let retriedAt = Infinity;
      const later: Reaction = (delivery, { deliveries }) => {
        if (deliveries.length > 1) return delivery.ack(never);
        retriedAt = stage.harness.now();
        return delivery.retry(stage.delayMs, stage.failure(), never);
      };
      const consumer = await stage.consume(driver, {}, later);
      await stage.publish(driver);
      await stage.comes(consumer, 2);
      stage.notBefore(retriedAt + stage.delayMs, consumer.times[1]!);
      assert.deepEqual(consumer.attempts, counted([1, 2]));
    });

    define('each retry has a delay of its own', async (stage) => {
      const driver = await stage.open();
      const [long, short] = [stage.message({ key: 'long' }), stage.message({ key: 'short' })];
      const delays = new Map([
        [long.id, 3 * stage.delayMs],
        [short.id, stage.delayMs],
      ]);
      const again = new Map<string, number>();
      const consumer = await stage.consume(driver, {}, (delivery) => {
        const { id } = delivery.message;
        const dueAt = again.get(id);
        if (dueAt !== undefined) return delivery.ack(never);
        again.set(id, stage.harness.now() + delays.get(id)!);
        return delivery.retry(delays.get(id)!, stage.failure(), never);
      });
      await stage.publish(driver, [long, short]);
      await stage.comes(consumer, 4);
      assert.deepEqual(consumer.ids.slice(2), [short.id, long.id]);
      for (const index of [2, 3]) stage.notBefore(again.get(consumer.ids[index]!)!, consumer.times[index]!);
    });
  }

  define('what was dead-lettered is never delivered again, kept aside or not', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const givesUp: Reaction = (delivery) => delivery.deadLetter(stage.failure(), never);
    const consumer = await stage.consume(there, {}, givesUp);
    const messages = await stage.publish(here, stage.messages(5));
    await stage.getsAll([consumer], messages);
    await there.close();
    const second = await stage.consume(here);
    await stage.comes(second, 0);
  });

  define('what is dead-lettered or acknowledged in one queue stays in another', async (stage) => {
    const driver = await stage.open();
    const givesUp: Reaction = (delivery) => delivery.deadLetter(stage.failure(), never);
    const first = await stage.consume(driver, { queue: stage.queue('a') }, givesUp);
    const again: Reaction = (delivery, { deliveries }) =>
      deliveries.length < 2 ? delivery.retry(0, stage.failure(), never) : delivery.ack(never);
    const second = await stage.consume(driver, { queue: stage.queue('b') }, again);
    const third = await stage.consume(driver, { queue: stage.queue('c') });
    const messages = await stage.publish(driver);
    await stage.comes(second, 2);
    await stage.getsAll([first], messages);
    await stage.getsAll([third], messages);
  });

  for (const [ending, who] of [
    ['subscription', 'a subscription that is closed'],
    ['driver', 'a process that ends'],
  ] as const) {
    define(`what ${who} did not settle goes to another, counted`, async (stage) => {
      const [here, there] = [await stage.open(), await stage.open()];
      const first = await stage.consume(there, { prefetch: 10 }, keeps);
      const messages = await stage.publish(here, stage.messages(10));
      await stage.comes(first, 10);
      await first.at(3).ack(never);
      const second = await stage.consume(here, { prefetch: 10 });
      await stage.comes(second, 0);
      await (ending === 'driver' ? there : first.subscription).close();
      await stage.getsAll(
        [second],
        messages.filter(({ id }) => id !== first.ids[3]),
      );
      assert.deepEqual(second.attempts, counted(Array<number>(9).fill(2)));
      assert.equal(first.deliveries.length, 10);
    });
  }

  define('settling with an aborted signal rejects with its reason', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver, {}, keeps);
    await stage.publish(driver, stage.messages(3));
    await stage.comes(consumer, 3);
    const reason = new Error('no more patience');
    const aborted = AbortSignal.abort(reason);
    const rejected = (call: Promise<unknown>): Promise<void> => assert.rejects(call, (error) => error === reason);
    await rejected(consumer.at(0).ack(aborted));
    await rejected(consumer.at(1).retry(0, stage.failure(), aborted));
    await rejected(consumer.at(2).deadLetter(stage.failure(), aborted));
  });

  if (lacks.has('durable')) return;
  define('a delivery is only counted when it was handed over', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const first = await stage.consume(there, { prefetch: 1 }, keeps);
    const messages = await stage.publish(here, stage.messages(3));
    await stage.comes(first, 1);
    await there.close();
    const second = await stage.consume(here);
    await stage.getsAll([second], messages);
    const attempts = messages.map(({ id }) => second.attempts[second.ids.indexOf(id)]);
    assert.deepEqual(attempts, counted(messages.map(({ id }) => (id === first.ids[0] ? 2 : 1))));
  });
}
