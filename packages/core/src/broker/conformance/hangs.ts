import assert from 'node:assert/strict';
import { Consumer, keeps, never } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define, Stage } from './stage.js';

/** Whoever gives up gets its reason, however long the engine is silent. */
export function hangCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  define('publishing can be given up, and works again afterwards', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver);
    await whileFrozen(stage, async (givenUp) => {
      await givenUp((signal) => driver.publish(stage.messages(3), signal));
    });
    const [message] = stage.messages(1);
    await stage.eventually(() => driver.publish([message!], never));
    await stage.eventually(() => assert.ok(consumer.ids.includes(message!.id)));
  });

  define('subscribing can be given up', async (stage) => {
    const driver = await stage.open();
    const sink = new Consumer(() => stage.harness.now(), keeps);
    await whileFrozen(stage, (givenUp) => givenUp((signal) => driver.subscribe(stage.request(), sink, signal)));
    const consumer = await stage.eventually(() => stage.consume(driver));
    const messages = await stage.eventually(() => stage.publish(driver, stage.messages(5)));
    await stage.eventually(() => assert.ok(messages.every(({ id }) => consumer.ids.includes(id))));
    assert.deepEqual(sink.deliveries, []);
  });

  define('settling can be given up', async (stage) => {
    const driver = await stage.open();
    const consumer = await stage.consume(driver, {}, keeps);
    await stage.publish(driver, stage.messages(2));
    await stage.comes(consumer, 2);
    await whileFrozen(stage, async (givenUp) => {
      await givenUp((signal) => consumer.at(0).retry(0, stage.failure(), signal));
      await givenUp((signal) => consumer.at(1).deadLetter(stage.failure(), signal));
    });
  });

  if (lacks.has('deadLetter')) return;
  define('looking at dead letters can be given up', async (stage) => {
    const { deadLetters } = await stage.open();
    await stage.consume(await stage.open(), { deadLetter: true });
    await whileFrozen(stage, async (givenUp) => {
      await givenUp((signal) => deadLetters!.list(stage.queue('queue'), 10, signal));
      await givenUp((signal) => deadLetters!.take(stage.queue('queue'), '1', 'drop', signal));
    });
  });
}

type GivenUp = (call: (signal: AbortSignal) => Promise<unknown>) => Promise<void>;

/** Calls while the engine hangs, gives up, and expects to be told why. */
async function whileFrozen(stage: Stage, body: (givenUp: GivenUp) => Promise<void>): Promise<void> {
  await stage.harness.freeze!(true);
  try {
    await body(async (call) => {
      const patience = new AbortController();
      const reason = new Error('no more patience');
      const rejected = assert.rejects(call(patience.signal), (error) => error === reason);
      await stage.quiet();
      patience.abort(reason);
      await rejected;
    });
  } finally {
    await stage.harness.freeze!(false);
  }
}
