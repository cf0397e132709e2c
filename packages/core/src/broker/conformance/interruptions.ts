import assert from 'node:assert/strict';
import { acknowledges, keeps, never } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define, Stage } from './stage.js';

/** A connection that breaks is reported, and what was in hand comes again. */
export function interruptionCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  define('each subscription is reported as lost, once', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const consumers = [
      await stage.consume(here, { queue: stage.queue('a') }),
      await stage.consume(here, { queue: stage.queue('b') }),
      await stage.consume(there, { queue: stage.queue('b') }),
    ];
    await stage.harness.interrupt!();
    await stage.eventually(() =>
      assert.deepEqual(
        consumers.map(({ losses }) => losses),
        [1, 1, 1],
      ),
    );
    for (const { subscription } of consumers) await subscription.close();
    await stage.quiet();
    assert.deepEqual(
      consumers.map(({ losses }) => losses),
      [1, 1, 1],
    );
  });

  define('a subscription that was closed before is not reported as lost', async (stage) => {
    const driver = await stage.open();
    const [closed, kept] = [await stage.consume(driver), await stage.consume(driver)];
    await closed.subscription.close();
    await stage.harness.interrupt!();
    await stage.eventually(() => assert.equal(kept.losses, 1));
    assert.equal(closed.losses, 0);
  });

  define('publishes again after the connection broke', async (stage) => {
    const driver = await stage.open();
    const before = await stage.consume(driver);
    await stage.publish(driver);
    await stage.comes(before, 1);
    await stage.harness.interrupt!();
    await stage.eventually(() => assert.equal(before.losses, 1));
    const after = await resubscribed(stage, driver);
    const [message] = stage.messages(1);
    await stage.eventually(() => driver.publish([message!], never));
    await stage.eventually(() => assert.ok(after.ids.includes(message!.id)));
  });

  if (!lacks.has('broadcast')) {
    define('a broadcast can be subscribed to again after it was lost', async (stage) => {
      const driver = await stage.open();
      const request = { broadcast: true };
      const lost = await stage.consume(driver, request);
      await stage.harness.interrupt!();
      await stage.eventually(() => assert.equal(lost.losses, 1));
      const again = await stage.eventually(() => stage.consume(driver, request));
      const messages = await stage.eventually(() => stage.publish(driver));
      await stage.eventually(() => assert.ok(again.ids.includes(messages.at(-1)!.id)));
      assert.equal(lost.deliveries.length, 0);
    });
  }

  if (lacks.has('durable')) return;
  define('what was not settled comes again, counted, and what was does not', async (stage) => {
    const driver = await stage.open();
    const lost = await stage.consume(driver, { prefetch: 10 }, keeps);
    const messages = await stage.publish(driver, stage.messages(10));
    await stage.comes(lost, 10);
    await lost.at(3).ack(never);
    await stage.harness.interrupt!();
    await stage.eventually(() => assert.equal(lost.losses, 1));
    await assert.rejects(lost.at(0).ack(never));
    const again = await resubscribed(stage, driver);
    await stage.getsAll(
      [again],
      messages.filter(({ id }) => id !== lost.ids[3]),
    );
    if (!lacks.has('attempts')) assert.deepEqual(again.attempts, Array<number>(9).fill(2));
    assert.equal(lost.deliveries.length, 10);
  });
}

/** What is on disk is there afterwards. */
export function restartCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  define('persistent messages outlive the engine, where it says so', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const { durable } = here.capabilities;
    await (await stage.consume(there)).subscription.close();
    const messages = await stage.publish(here, stage.messages(50));
    await stage.harness.restart!();
    const consumer = await resubscribed(stage, there);
    if (durable === 'engine') {
      const settled = (): boolean => messages.every(({ id }) => consumer.ids.includes(id));
      await stage.eventually(() => assert.ok(settled(), `${consumer.deliveries.length} came`));
    }
    const [later] = stage.messages(1);
    await stage.eventually(() => here.publish([later!], never));
    await stage.eventually(() => assert.ok(consumer.ids.includes(later!.id)));
  });

  if (lacks.has('deadLetter')) return;
  define('dead letters outlive the engine, where it says so', async (stage) => {
    const driver = await stage.open();
    if (driver.capabilities.durable !== 'engine') return;
    const consumer = await stage.consume(driver, { deadLetter: true }, (delivery) =>
      delivery.deadLetter(stage.failure(), never),
    );
    const [message] = await stage.publish(driver);
    await stage.getsAll([consumer], [message!]);
    await stage.harness.restart!();
    await stage.eventually(async () => {
      const letters = await driver.deadLetters!.list(stage.queue('queue'), 10, never);
      assert.deepEqual(
        letters.map((each) => each.message.id),
        [message!.id],
      );
    });
  });
}

function resubscribed(stage: Stage, driver: Parameters<Stage['consume']>[0]): ReturnType<Stage['consume']> {
  return stage.eventually(() => stage.consume(driver, {}, acknowledges));
}
