import assert from 'node:assert/strict';
import { awkwardNames } from './entries.js';
import { never, type Define } from './harness.js';

/** Ordered, in pages, and whole although others write meanwhile. */
export function listCases(define: Define): void {
  define(
    'entries come in the order of the bytes of their keys, each once, whatever the size of the page',
    async (stage) => {
      const driver = await stage.open();
      const names = awkwardNames(stage);
      for (const name of names) await stage.put(driver, name, name);
      const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      for (const limit of [1, 2, 7, 1_000]) assert.deepEqual(await stage.names(driver, '', limit), sorted);
    },
  );

  define('only what begins with the prefix is listed', async (stage) => {
    const driver = await stage.open();
    for (const name of ['a', 'a/', 'a/1', 'a/2', 'a0', 'b/1', '\u{10ffff}', '\u{10ffff}\u{10ffff}']) {
      await stage.put(driver, name, name);
    }
    assert.deepEqual(await stage.names(driver, 'a/'), ['a/', 'a/1', 'a/2']);
    assert.deepEqual(await stage.names(driver, 'a'), ['a', 'a/', 'a/1', 'a/2', 'a0']);
    assert.deepEqual(await stage.names(driver, '\u{10ffff}'), ['\u{10ffff}', '\u{10ffff}\u{10ffff}']);
    assert.deepEqual(await stage.names(driver, 'c'), []);
  });

  define('an entry of a list is as get gives it', async (stage) => {
    const driver = await stage.open();
    await stage.put(driver, 'a', 'whole');
    const { entries, more } = await driver.list({ prefix: stage.prefix, limit: 10 }, never);
    assert.equal(more, false);
    assert.deepEqual(entries, [await driver.get(stage.key('a'), never)]);
  });

  define('a page begins after a key that has gone, and after one that never was', async (stage) => {
    const driver = await stage.open();
    for (const name of ['1', '2', '3']) await stage.put(driver, name, name);
    await stage.delete(driver, '2');
    for (const after of ['2', '1/', '1\u{10ffff}']) {
      const page = await driver.list({ prefix: stage.prefix, after: stage.key(after), limit: 10 }, never);
      assert.deepEqual(
        page.entries.map(({ key }) => key),
        [stage.key('3')],
      );
    }
    const behind = await driver.list({ prefix: stage.key('1'), after: stage.key('9'), limit: 10 }, never);
    assert.deepEqual(behind.entries, []);
  });

  define('what exists all the while is listed exactly once, while others come and go', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const stable = Array.from({ length: 40 }, (_, i) => `k${String(i).padStart(2, '0')}`);
    for (const name of stable) await stage.put(here, name, name);
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const range = { prefix: stage.prefix, limit: 3, ...(after === undefined ? {} : { after }) };
      const { entries, more } = await here.list(range, never);
      seen.push(...entries.map(({ key }) => key.slice(stage.prefix.length)));
      if (!more) break;
      after = entries.at(-1)!.key;
      const last = seen.at(-1)!;
      // Right before and right behind where the list stands; and the entry that it stands on is written anew.
      await stage.put(there, `${last.slice(0, 2)}~`, 'comes');
      await stage.put(there, `${last}~`, 'comes');
      await stage.put(there, last.replace('~', ''), 'written anew');
      if (seen.length > 10) await stage.delete(there, `${seen[4]!}~`);
    }
    assert.deepEqual(
      seen.filter((name) => !name.includes('~')),
      stable,
    );
    assert.equal(new Set(seen).size, seen.length);
  });

  define('values of many megabytes together are listed whole, in pages that are bounded', async (stage) => {
    const driver = await stage.open();
    const bytes = Math.min(driver.capabilities.maxValueBytes, 1024 * 1024);
    for (let i = 0; i < 12; i++) await stage.put(driver, `big${i}`, 'x'.repeat(bytes));
    const first = await driver.list({ prefix: stage.prefix, limit: 1_000 }, never);
    assert.ok(first.entries.length >= 1 && first.entries.length * bytes <= 64 * 1024 * 1024);
    assert.equal((await stage.names(driver)).length, 12);
  });
}
