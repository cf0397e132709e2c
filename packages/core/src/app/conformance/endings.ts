import assert from 'node:assert/strict';
import { SystemClock } from '../../clock/system-clock.js';
import type { ProtocolHarness, ProtocolRunner } from './harness.js';
import { failure, same, until, withPeers } from './with-peers.js';

/** An application that stops while it is called. */
export function endingCases({ test }: ProtocolRunner, harness: ProtocolHarness): void {
  test('a server that stops finishes what runs, and refuses what comes as not begun', () =>
    withPeers(harness, async ({ caller, server, seen }) => {
      const running = caller.unary('subject.gated', undefined);
      running.catch(() => undefined);
      await until('the call runs', () => seen.waiting === 1);
      const drained = new Promise<void>((resolve) => {
        server.events.on((event) => {
          if (event.type === 'stop-step' && event.step === 'deregister') resolve();
        });
      });
      const stopped = server.stop('test');
      await drained;
      // The drain begins in the turn after.
      await new Promise<void>((resolve) => new SystemClock().nextTurn(resolve));
      const late = await failure(caller.unary('subject.size', { text: 'x' }, { timeoutMs: 200 }));
      if (!harness.discovers) assert.equal(late.code, 'SKERRY_RPC_DRAINING');
      else assert.ok(['SKERRY_RPC_DRAINING', 'SKERRY_RPC_NO_NODE'].includes(late.code), `${late.code} ${late.message}`);
      same([late.status, late.retryable], ['UNAVAILABLE', true]);
      same(seen.ran, []);
      seen.release();
      same(await running, { text: 'finished' });
      assert.equal(await stopped, 0);
    }));

  test('a call that outlasts the drain is cut off with a code', () =>
    withPeers(
      harness,
      async ({ caller, server, seen }) => {
        const running = failure(caller.unary('subject.waits', undefined));
        await until('the call runs', () => seen.waiting === 1);
        await server.stop('test');
        const error = await running;
        assert.equal(error.code, 'SKERRY_RPC_DRAINING');
        assert.equal(error.retryable, false);
        same(seen.aborted, ['SKERRY_RPC_DRAINING']);
      },
      { drainTimeoutMs: 50 },
    ));
}
