import type { Lacking } from './harness.js';
import type { Define } from './stage.js';

/** Queues that begin with the past. */
export function replayCases(define: Define, lacks: ReadonlySet<Lacking>): void {
  define('a new queue gets what was published before it, when it asks for it', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const first = await stage.consume(here, { queue: stage.queue('first') });
    const past = await stage.publish(here, stage.messages(20));
    await stage.getsAll([first], past);
    const everything = await stage.consume(there, { queue: stage.queue('all'), from: 'earliest' });
    const news = await stage.consume(there, { queue: stage.queue('new') });
    await stage.getsAll([everything], past);
    const present = await stage.publish(here, stage.messages(5));
    await stage.getsAll([everything], [...past, ...present]);
    await stage.getsAll([news], present);
  });

  define('only of its topic, and once', async (stage) => {
    const driver = await stage.open();
    const other = `${stage.topic}.other`;
    await stage.consume(driver, { queue: stage.queue('first') });
    await stage.consume(driver, { queue: stage.queue('other'), topic: other });
    await stage.publish(driver, [stage.message({ topic: other })]);
    const past = await stage.publish(driver, stage.messages(3));
    const one = await stage.consume(driver, { queue: stage.queue('all'), from: 'earliest' });
    await stage.getsAll([one], past);
    await one.subscription.close();
    if (lacks.has('durable')) return;
    // The queue exists by now: what it has had, it does not get again.
    const two = await stage.consume(driver, { queue: stage.queue('all'), from: 'earliest' });
    const present = await stage.publish(driver);
    await stage.getsAll([two], present);
  });
}
