import assert from 'node:assert/strict';
import { never } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define } from './stage.js';

/** Handing messages over. */
export function publishingCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  define('delivers a message that another process published', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const consumer = await stage.consume(there);
    const messages = await stage.publish(here);
    await stage.getsAll([consumer], messages);
    assert.deepEqual(consumer.attempts, [1]);
  });

  define('delivers what is published right after the subscription has begun', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    for (let round = 0; round < 5; round++) {
      const consumer = await stage.consume(there, {
        queue: stage.queue(`round-${round}`),
        topic: `${stage.topic}.r${round}`,
      });
      const messages = await stage.publish(here, [stage.message({ topic: `${stage.topic}.r${round}` })]);
      await stage.getsAll([consumer], messages);
    }
  });

  define('takes 1,000 messages in one call', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const consumer = await stage.consume(there, { prefetch: 100 });
    const messages = await stage.publish(here, stage.messages(1_000));
    await stage.getsAll([consumer], messages);
  });

  define('takes nothing in a call without messages', async (stage) => {
    const driver = await stage.open();
    assert.deepEqual(await driver.publish([], never), []);
  });

  define('loses and repeats nothing of what several publishers hand over at once', async (stage) => {
    const publishers = [await stage.open(), await stage.open(), await stage.open()];
    const consumer = await stage.consume(await stage.open());
    const calls = publishers.flatMap((driver) =>
      Array.from({ length: 20 }, () => stage.publish(driver, stage.messages(5))),
    );
    await stage.getsAll([consumer], (await Promise.all(calls)).flat());
  });

  define('rejects with the reason of a signal that is aborted', async (stage) => {
    const driver = await stage.open();
    const reason = new Error('the publisher has gone');
    await assert.rejects(driver.publish([stage.message()], AbortSignal.abort(reason)), (error) => error === reason);
    const consumer = await stage.consume(driver);
    const messages = await stage.publish(driver);
    await stage.getsAll([consumer], messages);
  });

  if (lacks.has('mandatory')) return;
  define('says which messages no queue took, in their order', async (stage) => {
    const driver = await stage.open();
    assert.deepEqual(await driver.publish([stage.message()], never), ['unrouted']);
    const consumer = await stage.consume(driver);
    const [first, last] = [stage.message(), stage.message()];
    const nowhere = stage.messages(2, { topic: `${stage.topic}.nowhere` });
    const routes = await driver.publish([nowhere[0]!, first, nowhere[1]!, last], never);
    assert.deepEqual(routes, ['unrouted', 'routed', 'unrouted', 'routed']);
    await stage.getsAll([consumer], [first, last]);
  });
}
