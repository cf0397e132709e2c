import assert from 'node:assert/strict';
import { never, type Define } from './harness.js';

/** Changes are reported while they happen, for each key in order. */
export function watchCases(define: Define, lacks: ReadonlySet<string>): void {
  define('puts and deletions are reported, whoever made them, and only from now on', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await stage.put(here, 'before', 'x');
    const seen = await stage.watch(there);
    await stage.put(here, 'a', '1');
    await stage.put(there, 'b', '2');
    await stage.eventually(() => assert.deepEqual([seen.last('a'), seen.last('b')], ['put 1', 'put 2']));
    await stage.delete(here, 'a');
    await stage.eventually(() => assert.equal(seen.last('a'), 'delete'));
    assert.equal(seen.last('before'), undefined);
    assert.equal(seen.last(''), undefined, 'said resync although nothing was missed');
  });

  define('what changes right after the call is reported', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const reported: string[] = [];
    const stop = new AbortController();
    const watch = there.watch(
      stage.prefix,
      (changes) => reported.push(...changes.map(({ type }) => type)),
      stop.signal,
    );
    await stage.put(here, 'a', '1');
    await stage.eventually(() => assert.ok(reported.includes('put') || reported.includes('resync')));
    stop.abort();
    await watch;
  });

  define('a reported entry is as get gives it', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    let entry: unknown;
    const stop = new AbortController();
    const watch = there.watch(
      stage.prefix,
      (changes) => changes.forEach((change) => change.type === 'put' && (entry = change.entry)),
      stop.signal,
    );
    await stage.put(here, 'a', '1');
    await stage.eventually(() => assert.ok(entry));
    assert.deepEqual(entry, await here.get(stage.key('a'), never));
    stop.abort();
    await watch;
  });

  define(
    'what does not begin with the prefix is not reported, and what failed its condition neither',
    async (stage) => {
      const [here, there] = [await stage.open(), await stage.open()];
      const seen = await stage.watch(there, 'in/');
      await stage.put(here, 'in', 'x');
      await stage.put(here, 'out/a', 'x');
      await here.put(stage.putOf('in/none', 'x', { ifVersion: 'none' }), never);
      await stage.delete(here, 'in/missing');
      await stage.put(here, 'in/last', 'x');
      await stage.eventually(() => assert.equal(seen.last('in/last'), 'put x'));
      assert.deepEqual([...seen.states.keys()], ['in/last']);
    },
  );

  define('of many changes of one key the last is reported last, and none out of order', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const seen = await stage.watch(there);
    for (let i = 0; i < 100; i++) await stage.put(here, 'a', String(i));
    await stage.eventually(() => assert.equal(seen.last('a'), 'put 99'));
    const numbers = seen.states.get('a')!.map((state) => Number(state.slice(4)));
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    );
  });

  define('resolves when its signal aborts, and reports nothing more', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const stop = new AbortController();
    let reports = 0;
    const watch = there.watch(stage.prefix, (changes) => (reports += changes.length), stop.signal);
    const kept = await stage.watch(there);
    await stage.put(here, 'a', 'x');
    await stage.eventually(() => assert.ok(reports > 0));
    stop.abort(new Error('enough'));
    await watch;
    const before = reports;
    await stage.put(here, 'b', 'x');
    await stage.eventually(() => assert.equal(kept.last('b'), 'put x'));
    assert.equal(reports, before);
    await there.watch(stage.prefix, () => reports++, stop.signal);
    assert.equal(reports, before);
  });

  define('ends when the driver is closed, and reports nothing after', async (stage) => {
    const [here, there, closing] = [await stage.open(), await stage.open(), await stage.open()];
    const [kept, closed] = [await stage.watch(there), await stage.watch(closing)];
    await stage.put(here, 'a', 'x');
    await stage.eventually(() => assert.equal(closed.last('a'), 'put x'));
    await closing.close();
    const before = closed.reports;
    await stage.put(here, 'b', 'x');
    await stage.eventually(() => assert.equal(kept.last('b'), 'put x'));
    await stage.harness.pass(100);
    assert.equal(closed.reports, before);
  });

  if (lacks.has('ttl')) return;
  define('an entry that expires is reported as that, unless it was written anew', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const seen = await stage.watch(there);
    await stage.put(here, 'a', 'x', { ttlMs: stage.ttlMs });
    await stage.put(here, 'b', 'x', { ttlMs: stage.ttlMs });
    await stage.put(here, 'b', 'anew');
    await stage.eventually(() => assert.equal(seen.last('a'), 'expired'), 10 * stage.ttlMs);
    assert.equal(seen.last('b'), 'put anew');
  });
}
