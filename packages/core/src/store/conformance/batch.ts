import assert from 'node:assert/strict';
import type { StoreWrite } from '../driver.js';
import { never, type Define } from './harness.js';

/** All or nothing, in one step. */
export function batchCases(define: Define): void {
  define('all writes are done, and tell their versions', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const old = await stage.put(here, 'old', 'x');
    const removal: StoreWrite = { type: 'delete', key: stage.key('old') };
    const missing: StoreWrite = { type: 'delete', key: stage.key('missing') };
    const outcome = await here.batch([stage.putOf('a', '1'), removal, missing, stage.putOf('b', '2')], never);
    assert.ok(outcome.done);
    const versions = await Promise.all(
      ['a', 'b'].map(async (name) => (await there.get(stage.key(name), never))!.version),
    );
    assert.deepEqual(outcome.versions, [versions[0], old, undefined, versions[1]]);
    assert.deepEqual(await stage.names(there), ['a', 'b']);
  });

  define('one condition that does not hold, and nothing is done', async (stage) => {
    const driver = await stage.open();
    const version = await stage.put(driver, 'there', 'x');
    const broken: StoreWrite[] = [
      stage.putOf('there', 'y', { ifAbsent: true }),
      stage.putOf('there', 'y', { ifVersion: 'another' }),
      { type: 'delete', key: stage.key('there'), ifVersion: 'another' },
    ];
    for (const each of broken) {
      const outcome = await driver.batch([stage.putOf('a', '1'), each, stage.putOf('b', '2')], never);
      assert.deepEqual(outcome, { done: false, index: 1, found: version });
    }
    const outcome = await driver.batch([stage.putOf('a', '1'), stage.putOf('b', '2', { ifVersion: 'any' })], never);
    assert.deepEqual(outcome, { done: false, index: 1 });
    assert.deepEqual(await stage.names(driver), ['there']);
    assert.equal((await driver.get(stage.key('there'), never))!.version, version);
  });

  define('as many writes as declared', async (stage) => {
    const driver = await stage.open();
    const count = Math.min(driver.capabilities.maxBatchWrites, 1_000);
    const writes = Array.from({ length: count }, (_, i) => stage.putOf(`k${i}`, String(i)));
    assert.ok((await driver.batch(writes, never)).done);
    assert.equal((await stage.names(driver, '', 1_000)).length, count);
  });

  define('of many at once that move between two accounts, none is half done: the sum stays', async (stage) => {
    const drivers = [await stage.open(), await stage.open()];
    const accounts = ['a', 'b', 'c'];
    for (const name of accounts) await stage.put(drivers[0]!, name, '100');
    let conflicts = 0;
    const move = async (worker: number, round: number): Promise<void> => {
      const driver = drivers[worker % 2]!;
      const [from, to] = [accounts[(worker + round) % 3]!, accounts[(worker + 2 * round + 1) % 3]!];
      if (from === to) return;
      for (;;) {
        const [source, target] = [await driver.get(stage.key(from), never), await driver.get(stage.key(to), never)];
        const less = String(Number(Buffer.from(source!.value).toString()) - 1);
        const more = String(Number(Buffer.from(target!.value).toString()) + 1);
        const writes = [
          stage.putOf(from, less, { ifVersion: source!.version }),
          stage.putOf(to, more, { ifVersion: target!.version }),
        ];
        if ((await driver.batch(writes, never)).done) return;
        conflicts++;
      }
    };
    const worker = async (id: number): Promise<void> => {
      for (let round = 0; round < 10; round++) await move(id, round);
    };
    await Promise.all([0, 1, 2, 3].map(worker));
    const texts = await Promise.all(accounts.map((name) => stage.text(drivers[0]!, name)));
    assert.equal(
      texts.reduce((sum, text) => sum + Number(text), 0),
      300,
    );
    assert.ok(conflicts > 0, 'nobody got in anybody’s way, so nothing was tested');
  });
}
