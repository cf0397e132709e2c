import assert from 'node:assert/strict';
import { never, type Define } from './harness.js';

/** An entry lives for its time, and no longer. */
export function expiryCases(define: Define): void {
  define('an entry is there for its time and absent after it, for get and list alike', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await stage.put(here, 'short', 'x', { ttlMs: stage.ttlMs });
    await stage.put(here, 'long', 'x', { ttlMs: 60 * stage.ttlMs });
    await stage.put(here, 'lasting', 'x');
    await stage.harness.pass(stage.ttlMs / 2);
    assert.equal(await stage.text(there, 'short'), 'x');
    await stage.harness.pass(stage.ttlMs);
    assert.equal(await stage.text(there, 'short'), undefined);
    assert.deepEqual(await stage.names(there), ['lasting', 'long']);
  });

  define('tells how long an entry has to live, and says nothing of one that lives on', async (stage) => {
    const driver = await stage.open();
    await stage.put(driver, 'a', 'x', { ttlMs: 10 * stage.ttlMs });
    await stage.put(driver, 'b', 'x');
    await stage.harness.pass(stage.ttlMs);
    const { entries } = await driver.list({ prefix: stage.prefix, limit: 2 }, never);
    const left = entries[0]!.expiresInMs!;
    assert.ok(left > 0 && left <= 9 * stage.ttlMs + 1, `${left} ms are left of ${10 * stage.ttlMs}`);
    assert.equal('expiresInMs' in entries[1]!, false);
  });

  define('a put begins the time anew, and one without a time ends it', async (stage) => {
    const driver = await stage.open();
    await stage.put(driver, 'renewed', 'x', { ttlMs: stage.ttlMs });
    await stage.put(driver, 'freed', 'x', { ttlMs: stage.ttlMs });
    await stage.harness.pass(stage.ttlMs / 2);
    await stage.put(driver, 'renewed', 'x', { ttlMs: 4 * stage.ttlMs });
    await stage.put(driver, 'freed', 'x');
    await stage.harness.pass(stage.ttlMs);
    assert.deepEqual(await stage.names(driver), ['freed', 'renewed']);
    await stage.harness.pass(4 * stage.ttlMs);
    assert.deepEqual(await stage.names(driver), ['freed']);
  });

  define('what has expired is absent for conditions and for deletions, at once', async (stage) => {
    const driver = await stage.open();
    const version = await stage.put(driver, 'a', 'x', { ttlMs: stage.ttlMs });
    await stage.put(driver, 'b', 'x', { ttlMs: stage.ttlMs });
    await stage.harness.pass(1.5 * stage.ttlMs);
    assert.deepEqual(await driver.put(stage.putOf('a', 'late', { ifVersion: version }), never), { done: false });
    assert.equal(await stage.delete(driver, 'b'), undefined);
    assert.notEqual(await stage.put(driver, 'a', 'anew', { ifAbsent: true }), version);
    assert.equal(await stage.text(driver, 'a'), 'anew');
  });

  define('what was written anew after it had expired stays, whenever the old one is cleared away', async (stage) => {
    const driver = await stage.open();
    for (let i = 0; i < 20; i++) await stage.put(driver, `k${i}`, 'old', { ttlMs: stage.ttlMs });
    await stage.harness.pass(1.1 * stage.ttlMs);
    for (let i = 0; i < 20; i += 2) await stage.put(driver, `k${i}`, 'new');
    await stage.harness.pass(10 * stage.ttlMs);
    assert.equal((await stage.names(driver)).length, 10);
  });
}
