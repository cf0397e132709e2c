import assert from 'node:assert/strict';
import { never, type Define } from './harness.js';

/** A condition and its write are one step; one that does not hold changes nothing. */
export function conditionCases(define: Define): void {
  define('ifAbsent writes where nothing is, and tells the version of what is', async (stage) => {
    const driver = await stage.open();
    const version = await stage.put(driver, 'a', 'first', { ifAbsent: true });
    const outcome = await driver.put(stage.putOf('a', 'second', { ifAbsent: true }), never);
    assert.deepEqual(outcome, { done: false, found: version });
    assert.equal(await stage.text(driver, 'a'), 'first');
    await stage.delete(driver, 'a');
    await stage.put(driver, 'a', 'third', { ifAbsent: true });
  });

  define('ifVersion writes over that version alone, and tells which one there is', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const first = await stage.put(here, 'a', 'first');
    const second = await stage.put(there, 'a', 'second', { ifVersion: first });
    const outcome = await here.put(stage.putOf('a', 'late', { ifVersion: first }), never);
    assert.deepEqual(outcome, { done: false, found: second });
    assert.equal(await stage.text(here, 'a'), 'second');
  });

  define('ifVersion does not write where nothing is', async (stage) => {
    const driver = await stage.open();
    const version = await stage.put(driver, 'a', 'first');
    await stage.delete(driver, 'a');
    assert.deepEqual(await driver.put(stage.putOf('a', 'x', { ifVersion: version }), never), { done: false });
    assert.deepEqual(await driver.put(stage.putOf('never', 'x', { ifVersion: version }), never), { done: false });
    assert.deepEqual(await stage.names(driver), []);
  });

  define('ifVersion deletes that version alone', async (stage) => {
    const driver = await stage.open();
    const first = await stage.put(driver, 'a', 'first');
    const second = await stage.put(driver, 'a', 'second');
    const remove = (ifVersion: string) => driver.delete({ type: 'delete', key: stage.key('a'), ifVersion }, never);
    assert.deepEqual(await remove(first), { done: false, found: second });
    assert.deepEqual(await remove(second), { done: true, version: second });
    assert.deepEqual(await remove(second), { done: false });
  });

  define('a text that is no version at all is one that no entry has', async (stage) => {
    const driver = await stage.open();
    const version = await stage.put(driver, 'a', 'first');
    for (const ifVersion of ['nonsense', '0', '-1', '99999999999999999999', `${version} `, 'NaN']) {
      const outcome = await driver.put(stage.putOf('a', 'x', { ifVersion }), never);
      assert.deepEqual(outcome, { done: false, found: version }, `written over version ${ifVersion}`);
    }
  });
}
