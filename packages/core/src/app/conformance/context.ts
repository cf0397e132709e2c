import assert from 'node:assert/strict';
import type { Told } from './messages.js';
import type { ProtocolHarness, ProtocolRunner } from './harness.js';
import { failure, same, until, withPeers } from './with-peers.js';

const name = 'metadata may be any text';
const verified = 'the handler sees who its caller is by the certificate that was verified';

/** What travels beside the message, and how long the call may take. */
export function contextCases({ test, lacks }: ProtocolRunner, harness: ProtocolHarness): void {
  test('metadata and the idempotency key reach the handler', () =>
    withPeers(harness, async ({ caller }) => {
      const options = { metadata: { tenant: 'north; a=b, "c"' }, idempotencyKey: 'order-7' };
      const told = (await caller.unary('subject.told', undefined, options)) as Told;
      same([told.tenant, told.idempotencyKey], ['north; a=b, "c"', 'order-7']);
    }));

  const ascii = harness.lacks?.['unicode-metadata'];
  if (ascii !== undefined) lacks?.(name, ascii);
  test(name, () =>
    withPeers(harness, async ({ caller }) => {
      const asked = caller.unary('subject.told', undefined, { metadata: { tenant: 'ü → ✓' } });
      // Refused where it is sent: it must not arrive as something else.
      if (ascii !== undefined) await assert.rejects(Promise.resolve(asked));
      else assert.equal(((await asked) as Told).tenant, 'ü → ✓');
    }),
  );

  test('the trace of the caller goes on', () =>
    withPeers(harness, async ({ caller }) => {
      const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
      const told = (await caller.unary('subject.told', undefined, { trace })) as Told;
      same([told.traceId, told.parentSpanId], [trace.traceId, trace.spanId]);
      const fresh = (await caller.unary('subject.told', undefined)) as Told;
      assert.match(fresh.traceId, /^[0-9a-f]{32}$/);
      assert.notEqual(fresh.traceId, trace.traceId);
    }));

  const { identity } = harness;
  if (identity === undefined) lacks?.(verified, 'without TLS nobody is verified');
  test(verified, () =>
    withPeers(harness, async ({ caller }) => {
      const told = (await caller.unary('subject.told', undefined, { metadata: { spiffeid: 'spiffe://x/y' } })) as Told;
      assert.equal(told.spiffeId, identity ?? '');
    }),
  );

  test('the handler knows how long its caller waits', () =>
    withPeers(harness, async ({ caller }) => {
      const { remainingMs } = (await caller.unary('subject.told', undefined, { timeoutMs: 3_000 })) as Told;
      assert.ok(remainingMs > 0 && remainingMs <= 3_000, `${remainingMs} ms of 3000`);
      const without = (await caller.unary('subject.told', undefined)) as Told;
      assert.ok(without.remainingMs > 0 && without.remainingMs <= 60_000, `${without.remainingMs} ms by default`);
    }));

  test('a call ends at its deadline on both sides', () =>
    withPeers(harness, async ({ caller, seen }) => {
      const error = await failure(caller.unary('subject.waits', undefined, { timeoutMs: 100 }));
      same([error.code, error.status], ['SKERRY_RPC_DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED']);
      await until('the handler is told', () => seen.aborted.length === 1);
      same(seen.aborted, ['SKERRY_RPC_DEADLINE_EXCEEDED']);
    }));

  test('a call that is given up is given up at the handler', () =>
    withPeers(harness, async ({ caller, seen }) => {
      const controller = new AbortController();
      const error = failure(caller.unary('subject.waits', undefined, { signal: controller.signal }));
      await until('the handler runs', () => seen.waiting === 1);
      controller.abort();
      assert.equal((await error).code, 'SKERRY_RPC_CANCELLED');
      await until('the handler is told', () => seen.aborted.length === 1);
      same(seen.aborted, ['SKERRY_RPC_CANCELLED']);
    }));
}
