import assert from 'node:assert/strict';
import { never, same, type Define } from './harness.js';

/** Changes are pushed, none is missing at the end. */
export function watchCases(define: Define): void {
  define('nodes that join, change and leave are reported', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const seen = stage.watch(there);
    await here.register(stage.node('a'), never);
    await stage.eventually(() => same(seen.last, [stage.node('a')]));
    await here.register(stage.node('b'), never);
    await stage.eventually(() => same(seen.last, [stage.node('a'), stage.node('b')]));
    await here.register(stage.node('a', { weight: 20, epoch: 2 }), never);
    await stage.eventually(() => same(seen.last, [stage.node('a', { weight: 20, epoch: 2 }), stage.node('b')]));
    await here.deregister(stage.node('a', { epoch: 2 }), never);
    await stage.eventually(() => same(seen.last, [stage.node('b')]));
    await here.deregister(stage.node('b'), never);
    await stage.eventually(() => same(seen.last, []));
  });

  define('what changes right after the call is reported', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await here.register(stage.node('a'), never);
    await stage.shows(there, [stage.node('a')]);
    const seen = stage.watch(there);
    const removal = here.deregister(stage.node('a'), never);
    await stage.eventually(() => same(seen.last, []));
    await removal;
  });

  define('a node that expires is reported as gone', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const seen = stage.watch(there);
    // Twice the least, so that an engine has the time to report that it came.
    await here.register(stage.node('a', { ttlMs: 2 * stage.ttlMs }), never);
    await stage.eventually(() => assert.equal(seen.last?.length, 1));
    // An engine reports it some time after it stopped showing it.
    await stage.eventually(() => same(seen.last, []), 2 * stage.expiredWithinMs);
  });

  define('refreshing changes nothing that is reported', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const seen = stage.watch(there);
    await here.register(stage.node('a'), never);
    await stage.eventually(() => same(seen.last, [stage.node('a')]));
    for (let i = 0; i < 5; i++) await here.register(stage.node('a'), never);
    await here.register(stage.node('b'), never);
    await stage.eventually(() => same(seen.last, [stage.node('a'), stage.node('b')]));
  });

  define('each of several watches gets the reports of its own service', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const other = stage.node('x', { service: `${stage.service}-other` });
    const watches = [stage.watch(there), stage.watch(there), stage.watch(here)];
    const elsewhere = stage.watch(there, other.service);
    await here.register(stage.node('a'), never);
    await here.register(other, never);
    for (const seen of watches) await stage.eventually(() => same(seen.last, [stage.node('a')]));
    await stage.eventually(() => same(elsewhere.last, [other]));
  });

  define('resolves when its signal aborts, and reports nothing more', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const stop = new AbortController();
    let reports = 0;
    const watch = there.watch(stage.service, () => reports++, stop.signal);
    const kept = stage.watch(there);
    await here.register(stage.node('a'), never);
    await stage.eventually(() => assert.ok(reports > 0));
    stop.abort(new Error('enough'));
    await watch;
    const before = reports;
    await here.register(stage.node('b'), never);
    await stage.eventually(() => same(kept.last, [stage.node('a'), stage.node('b')]));
    assert.equal(reports, before);
    await there.watch(stage.service, () => reports++, stop.signal);
    assert.equal(reports, before);
  });

  define('reports nothing after the driver is closed', async (stage) => {
    const [here, there, closing] = [await stage.open(), await stage.open(), await stage.open()];
    const kept = stage.watch(there);
    const closed = stage.watch(closing);
    await here.register(stage.node('a'), never);
    await stage.eventually(() => same(closed.last, [stage.node('a')]));
    await closing.close();
    const before = closed.reports;
    await here.register(stage.node('b'), never);
    await stage.eventually(() => same(kept.last, [stage.node('a'), stage.node('b')]));
    await stage.harness.pass(100);
    assert.equal(closed.reports, before);
  });
}
