import assert from 'node:assert/strict';
import { never, type Define, type Stage } from './harness.js';

const longest = 512;
const mostBytes = 4 * 1024 * 1024;

/** What is put is what others get, whole. */
export function entryCases(define: Define): void {
  define('what one driver puts, another gets; what nobody put is absent', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    assert.equal(await there.get(stage.key('a'), never), undefined);
    const version = await stage.put(here, 'a', 'first');
    assert.deepEqual(await there.get(stage.key('a'), never), {
      key: stage.key('a'),
      value: (await there.get(stage.key('a'), never))!.value,
      version,
    });
    assert.equal(await stage.text(there, 'a'), 'first');
  });

  define('a put replaces, a deletion removes, and both tell of what version', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const first = await stage.put(here, 'a', 'first');
    const second = await stage.put(there, 'a', 'second');
    assert.notEqual(first, second);
    assert.equal(await stage.text(here, 'a'), 'second');
    assert.equal(await stage.delete(here, 'a'), second);
    assert.equal(await stage.text(there, 'a'), undefined);
    assert.equal(await stage.delete(there, 'a'), undefined);
  });

  define('no version is used twice for a key, also after it was deleted, and not for the same value', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const versions = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const driver = i % 2 === 0 ? here : there;
      versions.add(await stage.put(driver, 'a', 'the same'));
      if (i % 3 === 0) await stage.delete(driver, 'a');
    }
    assert.equal(versions.size, 20);
  });

  define('every byte comes back, of the empty value and of the largest one', async (stage) => {
    const driver = await stage.open();
    const limit = Math.min(driver.capabilities.maxValueBytes, mostBytes);
    for (const bytes of [0, 1, 256, 4_095, 4_096, 65_537, limit]) {
      const value = Uint8Array.from({ length: bytes }, (_, i) => (i * 31 + (i >> 8)) % 256);
      await driver.put({ type: 'put', key: stage.key('bytes'), value }, never);
      const found = (await driver.get(stage.key('bytes'), never))!;
      assert.equal(Buffer.compare(found.value, value), 0, `${bytes} bytes came back differently`);
    }
  });

  define('what is done to a value that was given out changes nothing', async (stage) => {
    const driver = await stage.open();
    await stage.put(driver, 'a', 'kept');
    (await driver.get(stage.key('a'), never))!.value.fill(0);
    (await driver.list({ prefix: stage.prefix, limit: 1 }, never)).entries[0]!.value.fill(0);
    assert.equal(await stage.text(driver, 'a'), 'kept');
  });

  define('keys are told apart byte by byte, whatever they look like', async (stage) => {
    const driver = await stage.open();
    const names = awkwardNames(stage);
    for (const name of names) await stage.put(driver, name, `of ${name}`);
    for (const name of names) assert.equal(await stage.text(driver, name), `of ${name}`);
    assert.equal((await stage.names(driver)).length, names.length);
    for (const name of names) assert.ok(await stage.delete(driver, name));
    assert.deepEqual(await stage.names(driver), []);
  });
}

/** Keys that engines take for something else: paths, patterns, other alphabets, the longest. */
export function awkwardNames(stage: Stage): readonly string[] {
  const room = longest - Buffer.byteLength(stage.prefix);
  return [
    ...['a', 'A', 'a ', ' a', 'a/', 'a//b', '../a', '.', '*', 'a?', '[a]', '%', '%2F', '_', '\\', '"', "'", '`', '$1'],
    ...['{a}', '#', '&', '+', '=', ':', ';', ',', '|', '~', '<a>', '@', '!', '^', 'constructor', '__proto__', 'null'],
    // The same letter composed and not; the end of the basic plane, and what is behind it.
    ...['\u00e9', 'e\u0301', '\u00df', 'ss', '\u0130', 'i', '\uffee', '\u{1f980}', '\u{10ffff}', '\u200b', '\ufeff'],
    'x'.repeat(room),
    `${'x'.repeat(room - 1)}y`,
    `${'\u{1f980}'.repeat(Math.floor((room - 4) / 4))}`,
  ];
}
