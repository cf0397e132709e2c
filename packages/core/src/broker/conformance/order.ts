import assert from 'node:assert/strict';
import type { BrokerMessage } from '../driver.js';
import { keeps, never, type Consumer, type Reaction } from './consumer.js';
import type { Define } from './stage.js';

/** Messages of one key, one after the other, where a subscription asks for it. */
export function orderCases(define: Define): void {
  define('1,000 messages of one key, published in one call, come in their order', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const consumer = await stage.consume(there, { ordered: true });
    const messages = await stage.publish(here, stage.messages(1_000, { key: 'k' }));
    await stage.getsAll([consumer], messages);
    assert.deepEqual(
      consumer.ids,
      messages.map(({ id }) => id),
    );
  });

  define('messages of one key are never with two consumers at once, and come in their order', async (stage) => {
    const drivers = [await stage.open(), await stage.open(), await stage.open()];
    const holders = new Map<string, { consumer: Consumer; count: number }>();
    const seen: BrokerMessage[] = [];
    const handles: Reaction = async (delivery, consumer) => {
      const key = delivery.message.key!;
      const holder = holders.get(key) ?? { consumer, count: 0 };
      assert.ok(holder.count === 0 || holder.consumer === consumer, `${key} is with two consumers`);
      holders.set(key, { consumer, count: holder.count + 1 });
      seen.push(delivery.message);
      await Promise.resolve();
      // Before the engine hears of it, and so before it may hand over the next one.
      holders.set(key, { consumer, count: holders.get(key)!.count - 1 });
      await delivery.ack(never);
    };
    const request = { ordered: true, prefetch: 5 };
    const consumers = await Promise.all(drivers.map((driver) => stage.consume(driver, request, handles)));
    const messages = Array.from({ length: 120 }, (_, i) => stage.message({ key: `k${i % 6}` }));
    await stage.publish(drivers[0]!, messages);
    await stage.getsAll(consumers, messages);
    sameOrder(seen, messages);
  });

  define('what a consumer that ends had of a key comes first at the next, in its order', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const first = await stage.consume(there, { ordered: true, prefetch: 4 }, keeps);
    const messages = Array.from({ length: 20 }, (_, i) => stage.message({ key: `k${i % 2}` }));
    await stage.publish(here, messages);
    await stage.eventually(() => assert.ok(first.deliveries.length > 0));
    await stage.quiet();
    const second = await stage.consume(here, { ordered: true, prefetch: 4 });
    await there.close();
    await stage.getsAll([second], messages);
    sameOrder(
      second.deliveries.map(({ message }) => message),
      messages,
    );
  });

  define('what is retried stays ahead of those of its key that nobody has', async (stage) => {
    const driver = await stage.open();
    const twice: Reaction = (delivery, { ids }) =>
      ids.filter((id) => id === delivery.message.id).length < 2
        ? delivery.retry(0, stage.failure(), never)
        : delivery.ack(never);
    const consumer = await stage.consume(driver, { ordered: true, prefetch: 1 }, twice);
    const messages = await stage.publish(driver, stage.messages(5, { key: 'k' }));
    await stage.comes(consumer, 10);
    assert.deepEqual(
      consumer.ids,
      messages.flatMap(({ id }) => [id, id]),
    );
  });

  define('a subscription that pauses keeps its keys until it has settled them', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const first = await stage.consume(there, { ordered: true, prefetch: 1 }, keeps);
    const messages = await stage.publish(here, stage.messages(5, { key: 'k' }));
    await stage.comes(first, 1);
    const second = await stage.consume(here, { ordered: true, prefetch: 1 });
    await first.subscription.pause();
    await stage.comes(second, 0);
    await first.at(0).ack(never);
    await first.subscription.close();
    await stage.getsAll([second], messages.slice(1));
    sameOrder(
      second.deliveries.map(({ message }) => message),
      messages,
    );
  });

  define('a message without a key is handed over as well', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver, { ordered: true, prefetch: 2 });
    const messages = await stage.publish(driver, [stage.message(), stage.message({ key: 'k' }), stage.message()]);
    await stage.getsAll([consumer], messages);
  });
}

function sameOrder(actual: readonly BrokerMessage[], expected: readonly BrokerMessage[]): void {
  for (const key of new Set(expected.map((message) => message.key))) {
    const ids = (messages: readonly BrokerMessage[]): string[] =>
      messages.filter((message) => message.key === key).map(({ id }) => id);
    const came = ids(actual);
    assert.deepEqual(
      came,
      ids(expected).filter((id) => came.includes(id)),
      `order of ${key}`,
    );
  }
}
