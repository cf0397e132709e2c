import assert from 'node:assert/strict';
import type { ProtocolHarness, ProtocolRunner } from './harness.js';
import { failure, maxMessageBytes, same, until, withPeers } from './with-peers.js';

/** One message there, and one back. */
export function callCases({ test }: ProtocolRunner, harness: ProtocolHarness): void {
  test('a call is answered by what its handler returns, with interceptors around it', () =>
    withPeers(harness, async ({ caller, seen }) => {
      same(await caller.unary('subject.hello', { name: 'Ada' }), { text: 'Hello Ada!' });
      same(seen.ran, ['before hello', 'hello', 'after hello']);
    }));

  test('many calls at once keep apart', () =>
    withPeers(harness, async ({ caller }) => {
      const names = Array.from({ length: 100 }, (_, at) => `n${at}`);
      const replies = await Promise.all(names.map((name) => caller.unary('subject.hello', { name })));
      same(
        replies,
        names.map((name) => ({ text: `Hello ${name}!` })),
      );
    }));

  test('dates, big integers and bytes arrive as their class says', () =>
    withPeers(harness, async ({ caller }) => {
      const at = new Date('2026-02-03T04:05:06.789Z');
      const big = 2n ** 60n;
      const data = Uint8Array.of(0, 1, 254, 255);
      const next = new Date(at.getTime() + 1);
      if (harness.messages === 'json') {
        const sent = { at: at.toISOString(), big: String(big), data: Buffer.from(data).toString('base64') };
        const back = {
          at: next.toISOString(),
          big: String(big + 1n),
          data: Buffer.from([1, 254, 255]).toString('base64'),
        };
        same(await caller.unary('subject.values', sent), back);
        return;
      }
      const back = (await caller.unary('subject.values', { at, big, data })) as { at: Date; data: Uint8Array };
      assert.ok(back.at instanceof Date && back.data instanceof Uint8Array);
      same(back, { at: next, big: big + 1n, data: data.subarray(1) });
    }));

  test('a request-scoped service is made anew for each call, and sees its metadata', () =>
    withPeers(harness, async ({ caller }) => {
      const replies = [];
      for (const tenant of ['north', 'south'])
        replies.push(await caller.unary('scoped.who', undefined, { metadata: { tenant } }));
      same(replies, [{ text: 'north 1' }, { text: 'south 2' }]);
    }));

  test('a message that is too large is refused with a code, whichever way it goes, and the next call is served', () =>
    withPeers(harness, async ({ caller, seen }) => {
      const sent = await failure(caller.unary('subject.size', { text: 'x'.repeat(maxMessageBytes + 1_000) }));
      assert.equal(sent.code, 'SKERRY_TRANSPORT_FRAME_TOO_LARGE');
      same(seen.ran, []);
      const got = await failure(caller.unary('subject.large', { count: maxMessageBytes + 1_000 }));
      assert.equal(got.code, 'SKERRY_TRANSPORT_FRAME_TOO_LARGE');
      same(await caller.unary('subject.size', { text: 'x'.repeat(1_000) }), { count: 1_000 });
    }));

  test('calls beyond the limit of a handler are refused as overloaded and retryable', () =>
    withPeers(harness, async ({ caller, seen }) => {
      const running = caller.unary('subject.one', undefined);
      await until('the first call runs', () => seen.waiting === 1);
      const refused = await failure(caller.unary('subject.one', undefined, { timeoutMs: 300 }));
      assert.equal(refused.code, 'SKERRY_RPC_OVERLOADED');
      same([refused.status, refused.retryable], ['RESOURCE_EXHAUSTED', true]);
      seen.release();
      same(await running, { text: 'finished' });
      assert.equal(seen.waiting, 1);
      same(await caller.unary('subject.one', undefined), { text: 'finished' });
    }));
}
