import assert from 'node:assert/strict';
import type { RegistryDriver } from '../driver.js';
import { never, same, type Define } from './harness.js';

/** Giving up, closing, and an engine that goes away. */
export function lifecycleCases(define: Define, lacks: ReadonlySet<string>): void {
  define('closing twice does no harm', async (stage) => {
    const driver = await stage.open();
    await driver.close();
    await driver.close();
  });

  define('what is called with an aborted signal rejects with its reason and does nothing', async (stage) => {
    const [driver, other] = [await stage.open(), await stage.open()];
    const reason = new Error('the caller has gone');
    const aborted = AbortSignal.abort(reason);
    const rejected = (call: Promise<unknown>): Promise<void> => assert.rejects(call, (error) => error === reason);
    await rejected(driver.lookup(stage.service, aborted));
    await rejected(driver.services(aborted));
    if (lacks.has('writable')) return;
    await rejected(driver.register(stage.node('a'), aborted));
    assert.deepEqual(await other.lookup(stage.service, never), []);
    await driver.register(stage.node('a'), never);
    await rejected(driver.deregister(stage.node('a'), aborted));
    await stage.shows(other, [stage.node('a')]);
  });

  define('closing one driver does not disturb another', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await here.close();
    if (lacks.has('writable')) return void (await there.lookup(stage.service, never));
    await there.register(stage.node('a'), never);
    await stage.shows(there, [stage.node('a')]);
  });

  if (!lacks.has('watch')) return;
  define('watching is refused by an engine that cannot', async (stage) => {
    const driver = await stage.open();
    await assert.rejects(driver.watch(stage.service, () => undefined, never));
  });
}

export function restartCases(define: Define, lacks: ReadonlySet<string>): void {
  for (const keepData of [true, false]) {
    define(`serves again after it was restarted ${keepData ? 'with' : 'without'} its data`, async (stage) => {
      const [here, there] = [await stage.open(), await stage.open()];
      await here.register(stage.node('a'), never);
      await stage.shows(there, [stage.node('a')]);
      await stage.harness.restart!(keepData);
      if (!keepData) await stage.eventually(() => shows(there, stage.service, 0));
      // What an engine's client says while it finds its server again is its own affair; in the end it must serve.
      await stage.eventually(() => here.register(stage.node('b'), never), 20_000);
      await stage.eventually(() => shows(there, stage.service, keepData ? 2 : 1), 20_000);
    });
  }

  if (lacks.has('watch')) return;
  define('a watch either ends with the engine or goes on with it', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const seen = stage.watch(there);
    await here.register(stage.node('a'), never);
    await stage.eventually(() => same(seen.last, [stage.node('a')]));
    let ended = false;
    void seen.ended.then(() => (ended = true));
    await stage.harness.restart!(true);
    await stage.eventually(() => here.register(stage.node('b', { epoch: 2 }), never), 20_000);
    await stage.eventually(() => assert.ok(ended || seen.last?.length === 2), 40_000);
    if (ended) assert.ok((await seen.ended) instanceof Error);
    const again = stage.watch(there);
    await here.register(stage.node('c'), never);
    await stage.eventually(() => assert.equal(again.last?.length, 3));
  });

  define('a watch ends, or tells that nothing is left, when the engine comes back without its data', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const seen = stage.watch(there);
    await here.register(stage.node('a'), never);
    await stage.eventually(() => same(seen.last, [stage.node('a')]));
    let ended = false;
    void seen.ended.then(() => (ended = true));
    await stage.harness.restart!(false);
    // By that, nodes learn that they have to register again.
    await stage.eventually(() => assert.ok(ended || seen.last?.length === 0), 40_000);
  });
}

async function shows(driver: RegistryDriver, service: string, count: number): Promise<void> {
  assert.equal((await driver.lookup(service, never)).length, count);
}
