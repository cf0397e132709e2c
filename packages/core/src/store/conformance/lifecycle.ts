import assert from 'node:assert/strict';
import { never, type Define } from './harness.js';

/** Giving up, closing, and an engine that goes away. */
export function lifecycleCases(define: Define): void {
  define('closing twice does no harm, and closing one driver does not disturb another', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await stage.put(here, 'a', 'x');
    await here.close();
    await here.close();
    assert.equal(await stage.text(there, 'a'), 'x');
    await stage.put(there, 'a', 'y');
    const third = await stage.open();
    assert.equal(await stage.text(third, 'a'), 'y');
  });

  define('what is called with an aborted signal rejects with its reason and does nothing', async (stage) => {
    const driver = await stage.open();
    await stage.put(driver, 'a', 'kept');
    const reason = new Error('the caller has gone');
    const aborted = AbortSignal.abort(reason);
    const rejected = (call: Promise<unknown>): Promise<void> => assert.rejects(call, (error) => error === reason);
    await rejected(driver.get(stage.key('a'), aborted));
    await rejected(driver.put(stage.putOf('a', 'x'), aborted));
    await rejected(driver.delete({ type: 'delete', key: stage.key('a') }, aborted));
    await rejected(driver.list({ prefix: stage.prefix, limit: 1 }, aborted));
    if (driver.capabilities.maxBatchWrites > 0) await rejected(driver.batch([stage.putOf('a', 'x')], aborted));
    assert.equal(await stage.text(driver, 'a'), 'kept');
  });

  define('what was acknowledged before closing is there after it', async (stage) => {
    const [here, keeping] = [await stage.open(), await stage.open()];
    const writes = Array.from({ length: 100 }, (_, i) => stage.put(here, `k${i}`, String(i)));
    await Promise.all(writes);
    await here.close();
    assert.equal((await stage.names(keeping)).length, 100);
  });
}

export function restartCases(define: Define): void {
  define('serves again after it was restarted, with what is durable', async (stage) => {
    const driver = await stage.open();
    const version = await stage.put(driver, 'a', 'x');
    await stage.harness.restart!();
    // What an engine's client says while it finds its server again is its own affair; in the end it must serve.
    await stage.eventually(async () => void (await stage.put(driver, 'b', 'y')), 20_000);
    if (driver.capabilities.durable === 'memory') return;
    const found = await driver.get(stage.key('a'), never);
    assert.deepEqual({ version: found?.version, text: await stage.text(driver, 'a') }, { version, text: 'x' });
    assert.notEqual(await stage.put(driver, 'a', 'z'), version);
  });

  define('a watch either ends with the engine or goes on with it', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    if (!there.capabilities.watch) return;
    let ended: unknown;
    const reported: string[] = [];
    const stop = new AbortController();
    const watch = there
      .watch(stage.prefix, (changes) => reported.push(...changes.map(({ type }) => type)), stop.signal)
      .catch((error: unknown) => (ended = error));
    await stage.harness.restart!();
    await stage.eventually(async () => void (await stage.put(here, 'b', 'y')), 20_000);
    await stage.eventually(() => assert.ok(ended instanceof Error || reported.length > 0), 40_000);
    stop.abort();
    await watch;
  });
}
