import assert from 'node:assert/strict';
import type { BrokerDriver, BrokerMessage } from '../driver.js';
import { keeps, never, type Consumer } from './consumer.js';
import type { Lacking } from './harness.js';
import type { Define, Stage } from './stage.js';

/** Every instance gets every message while it is there, and leaves nothing behind. */
export function broadcastCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  const listen = (stage: Stage, driver: BrokerDriver, name: string): Promise<Consumer> =>
    stage.consume(driver, { queue: stage.queue(name), broadcast: true });

  define('each process gets every message', async (stage) => {
    const drivers = [await stage.open(), await stage.open(), await stage.open()];
    const consumers = await Promise.all(drivers.map((driver, i) => listen(stage, driver, `b${i}`)));
    const messages = await stage.publish(drivers[0]!, stage.messages(20));
    for (const consumer of consumers) await stage.getsAll([consumer], messages);
  });

  define('gets nothing that was published before it began', async (stage) => {
    const driver = await stage.open();
    const early = await listen(stage, driver, 'early');
    const before = await stage.publish(driver);
    await stage.getsAll([early], before);
    const late = await listen(stage, driver, 'late');
    const after = await stage.publish(driver);
    await stage.getsAll([early], [...before, ...after]);
    await stage.getsAll([late], after);
  });

  define('gets nothing after it was closed, and nobody gets what it left', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const kept = await listen(stage, here, 'kept');
    const request = { queue: stage.queue('left'), broadcast: true };
    const left = await stage.consume(there, request, keeps);
    const first = await stage.publish(here);
    await stage.comes(left, 1);
    await left.subscription.close();
    const second = await stage.publish(here);
    await stage.getsAll([kept], [...first, ...second]);
    assert.equal(left.deliveries.length, 1);
    const again = await stage.consume(there, request);
    const third = await stage.publish(here);
    await stage.getsAll([again], third);
  });

  if (lacks.has('mandatory')) return;
  define('leaves no queue behind', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await listen(stage, there, 'gone');
    await stage.publish(here);
    await there.close();
    await stage.eventually(async () => {
      const message: BrokerMessage = stage.message();
      assert.deepEqual(await here.publish([message], never), ['unrouted']);
    });
  });
}
