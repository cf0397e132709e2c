import assert from 'node:assert/strict';
import { SkerryError } from '../../errors/skerry-error.js';
import { expiryCases } from './expiry.js';
import { never, Stage, type Define, type RegistryHarness, type Runner } from './harness.js';
import { lifecycleCases, restartCases } from './lifecycle.js';
import { limitCases } from './limits.js';
import { nameCases } from './names.js';
import { registrationCases } from './registration.js';
import { watchCases } from './watch.js';

/**
 * The behaviour that every registry engine must show, as tests named for it. An engine's whole spec is one call:
 *
 *     const open = () => ConsulDriver.connect(agent.url);
 *     registryConformance({ describe, test }, { open, pass: sleep, restart: agent.restart });
 */
export function registryConformance(runner: Runner, harness: RegistryHarness): void {
  const lacks = new Set(harness.lacks);
  // Waiting for a TTL is what takes long, twice in a test at most.
  const timeoutMs = 20_000 + 4 * (harness.expiredWithinMs ?? 2 * (harness.ttlMs ?? 1_000));
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
      timeoutMs,
    );
  const family = (name: string, cases: (define: Define) => void): void => runner.describe(name, () => cases(define));

  runner.describe('registry conformance', () => {
    define('declares the capabilities that it is tested for', async (stage) => {
      const { name, capabilities } = await stage.open();
      assert.ok(name.length > 0);
      assert.equal(capabilities.watch, !lacks.has('watch'));
      assert.equal(capabilities.writable, !lacks.has('writable'));
      assert.ok(capabilities.maxRecordBytes > 0);
    });

    family('lifecycle', (each) => lifecycleCases(each, lacks));
    if (lacks.has('writable')) return family('read only', readOnlyCases);
    family('registration', registrationCases);
    family('expiry', expiryCases);
    family('names', nameCases);
    family('limits', limitCases);
    if (!lacks.has('watch')) family('watch', watchCases);
    if (harness.restart) family('restart of the engine', (each) => restartCases(each, lacks));
  });
}

function readOnlyCases(define: Define): void {
  define('registering is refused', async (stage) => {
    const driver = await stage.open();
    await assert.rejects(driver.register(stage.node('a'), never), isNotWritable);
    await assert.rejects(driver.deregister(stage.node('a'), never), isNotWritable);
  });

  define('a service that nobody has heard of has no nodes', async (stage) => {
    const driver = await stage.open();
    assert.deepEqual(await driver.lookup(stage.service, never), []);
  });
}

function isNotWritable(error: unknown): boolean {
  return SkerryError.is(error) && error.code === 'SKERRY_REGISTRY_NOT_WRITABLE';
}
