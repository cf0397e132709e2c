import assert from 'node:assert/strict';
import { batchCases } from './batch.js';
import { conditionCases } from './conditions.js';
import { entryCases } from './entries.js';
import { expiryCases } from './expiry.js';
import { never, Stage, type Define, type StoreHarness, type StoreRunner } from './harness.js';
import { historyCases } from './histories.js';
import { lifecycleCases, restartCases } from './lifecycle.js';
import { listCases } from './list.js';
import { raceCases } from './races.js';
import { watchCases } from './watch.js';

/**
 * The behaviour that every store engine must show, as tests named for it. An engine's whole spec is one call:
 *
 *     import fc from 'fast-check';
 *
 *     const open = () => RedisStoreDriver.connect(server.url);
 *     storeConformance({ describe, test, fc }, { open, pass: sleep, restart: server.restart });
 */
export function storeConformance(runner: StoreRunner, harness: StoreHarness): void {
  const lacks = new Set(harness.lacks);
  const define: Define = (name, body) =>
    runner.test(
      name,
      async () => {
        const stage = new Stage(harness);
        try {
          await body(stage);
        } finally {
          await stage.end();
        }
      },
      60_000,
    );
  const family = (name: string, cases: (define: Define) => void): void => runner.describe(name, () => cases(define));

  runner.describe('store conformance', () => {
    define('declares the capabilities that it is tested for', async (stage) => {
      const { name, capabilities } = await stage.open();
      assert.ok(name.length > 0);
      assert.equal(capabilities.watch, !lacks.has('watch'));
      assert.equal(capabilities.ttl, !lacks.has('ttl'));
      assert.equal(capabilities.maxBatchWrites > 0, !lacks.has('batch'));
      assert.ok(capabilities.maxValueBytes >= 1_024);
      assert.ok(['memory', 'process', 'disk'].includes(capabilities.durable));
    });

    family('entries', entryCases);
    family('conditions', conditionCases);
    family('lists', listCases);
    family('random histories', (each) => historyCases(each, runner.fc, lacks));
    family('races', (each) => raceCases(each, runner.fc));
    family('lifecycle', lifecycleCases);
    if (harness.restart) family('restart of the engine', restartCases);
    if (lacks.size > 0) family('what it lacks', (each) => negativeCases(each, lacks));
    if (!lacks.has('ttl')) family('expiry', expiryCases);
    if (!lacks.has('batch')) family('batches', batchCases);
    if (!lacks.has('watch')) family('watch', (each) => watchCases(each, lacks));
  });
}

/** An engine that does less than it is asked for says so, rather than doing something else. */
function negativeCases(define: Define, lacks: ReadonlySet<string>): void {
  define('is refused, and changes nothing', async (stage) => {
    const driver = await stage.open();
    if (lacks.has('watch')) await assert.rejects(driver.watch(stage.prefix, () => undefined, never));
    if (lacks.has('ttl')) await assert.rejects(driver.put(stage.putOf('a', 'x', { ttlMs: stage.ttlMs }), never));
    if (lacks.has('batch')) await assert.rejects(driver.batch([stage.putOf('a', 'x')], never));
    assert.deepEqual(await stage.names(driver), []);
  });
}
