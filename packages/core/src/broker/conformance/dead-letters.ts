import assert from 'node:assert/strict';
import type { BrokerDriver, DeadLetter, Failure } from '../driver.js';
import { never, sameMessage, type Consumer, type Reaction } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define, Stage } from './stage.js';

/** What nobody could handle is kept, whole, until somebody decides. */
export function deadLetterCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  define('a dead letter is listed with its message and failure, and stays', async (stage) => {
    const [driver, other] = [await stage.open(), await stage.open()];
    const failure = stage.failure({ message: 'Größe "42"\n', attempt: 5 });
    const consumer = await giveUp(stage, driver, () => failure);
    const [message] = await stage.publish(driver, [
      stage.message({ key: 'k', headers: { a: 'b', ':c': 'd' }, body: Uint8Array.of(0, 255, 128) }),
    ]);
    await stage.comes(consumer, 1);
    if (isShared(stage)) await lists(stage, other, 1);
    else assert.deepEqual(await other.deadLetters!.list(stage.queue('queue'), 10, never), []);
    for (const each of [driver, isShared(stage) ? other : driver, driver]) {
      const [letter] = await lists(stage, each, 1);
      sameMessage(letter!.message, message!);
      assert.deepEqual({ ...letter!.failure }, failure);
    }
    await stage.comes(consumer, 1);
  });

  define('the oldest are listed, as many as asked for', async (stage) => {
    const driver = await stage.open();
    const consumer = await giveUp(stage, driver, (attempt) => stage.failure({ attempt }), 1);
    const messages = await stage.publish(driver, stage.messages(5));
    await stage.comes(consumer, 5);
    await lists(stage, driver, 5);
    const oldest = await driver.deadLetters!.list(stage.queue('queue'), 2, never);
    assert.deepEqual(
      oldest.map(({ message }) => message.id),
      [messages[0]!.id, messages[1]!.id],
    );
    assert.deepEqual(await driver.deadLetters!.list(stage.queue('queue'), 0, never), []);
  });

  define('queues that have any are named, sorted, with their number', async (stage) => {
    const driver = await stage.open();
    for (const [name, count] of [
      ['b', 2],
      ['a', 1],
      ['c', 0],
    ] as const) {
      const topic = `${stage.topic}.${name}`;
      const consumer = await giveUp(stage, driver, () => stage.failure(), 50, { topic, queue: stage.queue(name) });
      await stage.publish(driver, stage.messages(count, { topic }));
      await stage.comes(consumer, count);
    }
    await stage.eventually(async () => {
      const all = await driver.deadLetters!.queues(never);
      const ours = all.filter(({ queue }) => queue.startsWith(stage.topic));
      assert.deepEqual(
        ours.map((each) => ({ ...each })),
        [
          { queue: stage.queue('a'), count: 1 },
          { queue: stage.queue('b'), count: 2 },
        ],
      );
    });
  });

  define('one that is retried goes to its own queue alone, as a first delivery', async (stage) => {
    const driver = await stage.open();
    const elsewhere = await stage.consume(driver, { queue: stage.queue('elsewhere') });
    let broken = true;
    const sometimes: Reaction = (delivery) =>
      broken
        ? delivery.attempt < 2 && !lacks.has('attempts')
          ? delivery.retry(0, stage.failure(), never)
          : delivery.deadLetter(stage.failure(), never)
        : delivery.ack(never);
    const consumer = await stage.consume(driver, { deadLetter: true }, sometimes);
    const [message] = await stage.publish(driver);
    const letters = await lists(stage, driver, 1);
    broken = false;
    const before = consumer.deliveries.length;
    assert.equal(await driver.deadLetters!.take(stage.queue('queue'), letters[0]!.id, 'retry', never), true);
    await stage.comes(consumer, before + 1);
    sameMessage(consumer.at(before).message, message!);
    assert.equal(consumer.at(before).attempt, 1);
    await lists(stage, driver, 0);
    await stage.getsAll([elsewhere], [message!]);
  });

  define('one that is dropped is gone, and the others are not', async (stage) => {
    const driver = await stage.open();
    const consumer = await giveUp(stage, driver, () => stage.failure(), 1);
    const messages = await stage.publish(driver, stage.messages(3));
    const letters = await lists(stage, driver, 3);
    const { id } = letters[1]!;
    assert.equal(await driver.deadLetters!.take(stage.queue('queue'), id, 'drop', never), true);
    const left = await lists(stage, driver, 2);
    assert.deepEqual(
      left.map(({ message }) => message.id),
      [messages[0]!.id, messages[2]!.id],
    );
    assert.equal(await driver.deadLetters!.take(stage.queue('queue'), id, 'drop', never), false);
    assert.equal(await driver.deadLetters!.take(stage.queue('queue'), id, 'retry', never), false);
    await stage.comes(consumer, 3);
  });

  define('the same one is taken once, by however many', async (stage) => {
    const [driver, other] = [await stage.open(), await stage.open()];
    await giveUp(stage, driver, () => stage.failure());
    await stage.publish(driver);
    const [letter] = await lists(stage, driver, 1);
    const stranger = isShared(stage) ? other : driver;
    const takes = [driver, stranger, driver, stranger].map((each) =>
      each.deadLetters!.take(stage.queue('queue'), letter!.id, 'drop', never),
    );
    assert.deepEqual((await Promise.all(takes)).sort(), [false, false, false, true]);
    assert.equal(await other.deadLetters!.take(stage.queue('queue'), letter!.id, 'drop', never), false);
  });

  define('a queue that nobody has heard of has none', async (stage) => {
    const { deadLetters } = await stage.open();
    assert.deepEqual(await deadLetters!.list(`${stage.topic}.unknown`, 10, never), []);
    assert.equal(await deadLetters!.take(`${stage.topic}.unknown`, '1', 'drop', never), false);
  });

  if (!lacks.has('durable')) {
    define('one that is retried waits for whoever consumes its queue next', async (stage) => {
      const driver = await stage.open();
      const consumer = await giveUp(stage, driver, () => stage.failure());
      const messages = await stage.publish(driver);
      const [letter] = await lists(stage, driver, 1);
      await consumer.subscription.close();
      assert.equal(await driver.deadLetters!.take(stage.queue('queue'), letter!.id, 'retry', never), true);
      await stage.getsAll([await stage.consume(driver, { deadLetter: true })], messages);
    });
  }

  define('nothing is kept aside for a subscription that did not ask for it', async (stage) => {
    const driver = await stage.open();
    const givesUp: Reaction = (delivery) => delivery.deadLetter(stage.failure(), never);
    const consumer = await stage.consume(driver, {}, givesUp);
    const messages = await stage.publish(driver);
    await stage.getsAll([consumer], messages);
    await lists(stage, driver, 0);
  });

  define('what is called with an aborted signal rejects with its reason and does nothing', async (stage) => {
    const driver = await stage.open();
    await giveUp(stage, driver, () => stage.failure());
    await stage.publish(driver);
    const [letter] = await lists(stage, driver, 1);
    const reason = new Error('the caller has gone');
    const aborted = AbortSignal.abort(reason);
    const rejected = (call: Promise<unknown>): Promise<void> => assert.rejects(call, (error) => error === reason);
    await rejected(driver.deadLetters!.queues(aborted));
    await rejected(driver.deadLetters!.list(stage.queue('queue'), 10, aborted));
    await rejected(driver.deadLetters!.take(stage.queue('queue'), letter!.id, 'drop', aborted));
    await lists(stage, driver, 1);
  });
}

function isShared({ harness }: Stage): boolean {
  return harness.deadLetters !== 'publisher';
}

/** Consumes a queue, and dead-letters all that comes. */
function giveUp(
  stage: Stage,
  driver: BrokerDriver,
  failure: (count: number) => Failure,
  prefetch = 50,
  change: Partial<Parameters<Stage['request']>[0]> = {},
): Promise<Consumer> {
  const givesUp: Reaction = (delivery, { deliveries }) => delivery.deadLetter(failure(deliveries.length), never);
  return stage.consume(driver, { deadLetter: true, prefetch, ...change }, givesUp);
}

/** Waits until the queue of the test has so many. */
function lists(stage: Stage, driver: BrokerDriver, count: number): Promise<readonly DeadLetter[]> {
  return stage.eventually(async () => {
    const letters = await driver.deadLetters!.list(stage.queue('queue'), 100, never);
    assert.equal(letters.length, count);
    return letters;
  });
}
