import assert from 'node:assert/strict';
import { acknowledges, keeps } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define } from './stage.js';

/** Each queue gets every message, and each message goes to one consumer of a queue. */
export function queueCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  const kinds = lacks.has('broadcast') ? 'two queues' : 'two queues and a broadcast';
  define(`counts exactly, with ten processes on ${kinds}`, async (stage) => {
    const drivers = await Promise.all(Array.from({ length: 10 }, () => stage.open()));
    const consumeAll = (name: string): ReturnType<typeof stage.consume>[] =>
      drivers.map((driver) => stage.consume(driver, { queue: stage.queue(name), prefetch: 10 }));
    const [audit, mail] = [await Promise.all(consumeAll('audit')), await Promise.all(consumeAll('mail'))];
    const broadcasts = lacks.has('broadcast')
      ? []
      : await Promise.all(
          drivers.map((driver, i) => stage.consume(driver, { queue: stage.queue(`b${i}`), broadcast: true })),
        );
    const messages = stage.messages(200);
    await Promise.all(drivers.map((driver, i) => stage.publish(driver, messages.slice(i * 20, i * 20 + 20))));
    await stage.getsAll(audit, messages);
    await stage.getsAll(mail, messages);
    for (const consumer of broadcasts) await stage.getsAll([consumer], messages);
  });

  define('two subscriptions of one process share a queue', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const consumers = [await stage.consume(there), await stage.consume(there)];
    const messages = await stage.publish(here, stage.messages(50));
    await stage.getsAll(consumers, messages);
    await consumers[0]!.subscription.close();
    const more = await stage.publish(here, stage.messages(50));
    await stage.getsAll(consumers, [...messages, ...more]);
  });

  define('a consumer that is stuck does not keep messages from the others', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const stuck = await stage.consume(here, { prefetch: 2 }, keeps);
    const busy = await stage.consume(there, { prefetch: 2 });
    await stage.publish(here, stage.messages(20));
    await stage.eventually(() => assert.ok(stuck.deliveries.length + busy.deliveries.length >= 20));
    await stage.quiet();
    assert.ok(stuck.deliveries.length <= 2);
    assert.equal(new Set([...stuck.ids, ...busy.ids]).size, 20);
  });

  define('each topic has its own messages', async (stage) => {
    const driver = await stage.open();
    const topics = [`${stage.topic}.a`, `${stage.topic}.a.b`, `${stage.topic}.ab`];
    const consumers = await Promise.all(
      topics.map((topic, i) => stage.consume(driver, { topic, queue: stage.queue(`q${i}`) })),
    );
    for (const [i, topic] of topics.entries()) {
      const messages = await stage.publish(driver, [stage.message({ topic })]);
      await stage.getsAll([consumers[i]!], messages);
    }
  });

  if (lacks.has('durable')) return;
  define('keeps for a queue what is published while nobody consumes it', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const first = await stage.consume(there);
    await first.subscription.close();
    const messages = await stage.publish(here, stage.messages(30));
    const second = await stage.consume(there, {}, acknowledges);
    await stage.getsAll([second], messages);
    assert.deepEqual(first.deliveries, []);
  });

  define('keeps what was taken when its publisher ends', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await (await stage.consume(there)).subscription.close();
    const messages = await stage.publish(here, stage.messages(30));
    await here.close();
    await there.close();
    await stage.getsAll([await stage.consume(await stage.open())], messages);
  });

  define('knows how many messages wait, where it says so', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver, { prefetch: 3 }, keeps);
    await stage.publish(driver, stage.messages(10));
    await stage.comes(consumer, 3);
    const { waiting } = consumer.subscription;
    if (!waiting) return;
    const signal = new AbortController().signal;
    await stage.eventually(async () => assert.equal(await consumer.subscription.waiting!(signal), 7));
  });
}
