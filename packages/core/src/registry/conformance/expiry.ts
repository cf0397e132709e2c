import assert from 'node:assert/strict';
import { never, type Define } from './harness.js';

/** A record lives for its TTL after each refresh, and no longer. */
export function expiryCases(define: Define): void {
  define('a node that is not refreshed is gone after its TTL, and so is its service', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await here.register(stage.node('a', { ttlMs: stage.ttlMs }), never);
    await stage.shows(there, [stage.node('a', { ttlMs: stage.ttlMs })]);
    await stage.shows(there, [], stage.service, stage.expiredWithinMs);
    const names = await there.services(never);
    assert.equal(names.includes(stage.service), false);
  });

  define('a node that is refreshed stays', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    const node = stage.node('a', { ttlMs: stage.ttlMs });
    for (let i = 0; i < 12; i++) {
      await here.register(node, never);
      await stage.harness.pass(stage.ttlMs / 4);
      assert.equal((await there.lookup(stage.service, never)).length, 1, `gone after ${i + 1} refreshes`);
    }
  });

  define('each node has a TTL of its own', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await here.register(stage.node('short', { ttlMs: stage.ttlMs }), never);
    await here.register(stage.node('long', { ttlMs: stage.expiredWithinMs * 3 }), never);
    await stage.shows(
      there,
      [stage.node('long', { ttlMs: stage.expiredWithinMs * 3 })],
      stage.service,
      stage.expiredWithinMs,
    );
  });

  define('a node that expired can be registered again', async (stage) => {
    const [here, there] = [await stage.open(), await stage.open()];
    await here.register(stage.node('a', { ttlMs: stage.ttlMs, epoch: 5 }), never);
    await stage.shows(there, [], stage.service, stage.expiredWithinMs);
    // Even below its last epoch: what is gone, nobody has to outdo.
    await here.register(stage.node('a', { epoch: 1 }), never);
    await stage.shows(there, [stage.node('a', { epoch: 1 })]);
  });
}
