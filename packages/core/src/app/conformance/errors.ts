import assert from 'node:assert/strict';
import type { SkerryError } from '../../errors/skerry-error.js';
import type { ProtocolHarness, ProtocolRunner } from './harness.js';
import { secret } from './subject.js';
import { failure, same, withPeers } from './with-peers.js';

/** Calls that fail, and what their callers are told. */
export function errorCases({ test }: ProtocolRunner, harness: ProtocolHarness): void {
  test('a message that is not valid is refused with every wrong field', () =>
    withPeers(harness, async ({ caller }) => {
      const lines = [
        { sku: 'A1', count: 1 },
        { sku: '', count: 0 },
      ];
      const error = await failure(caller.unary('subject.place', { lines }));
      same([error.code, error.status, error.retryable], ['SKERRY_VALIDATION_FAILED', 'INVALID_ARGUMENT', false]);
      same(error.details['fields'], [
        { path: 'lines[1].sku', messages: ['sku must be longer than or equal to 1 characters'] },
        { path: 'lines[1].count', messages: ['count must not be less than 1'] },
      ]);
      assert.equal(error.origin?.service, 'subject');
    }));

  test('an error that a handler throws arrives whole', () =>
    withPeers(harness, async ({ caller }) => {
      const error = await failure(caller.unary('subject.meant', { name: 'A1' }));
      same(
        [error.code, error.message, error.status, error.retryable],
        ['OUT_OF_STOCK', 'A1 is out of stock', 'FAILED_PRECONDITION', false],
      );
      same(error.details, { sku: 'A1', left: 0, of: ['a', { deep: true }] });
      assert.equal(error.origin?.service, 'subject');
      assert.match(error.origin.node, /^subject-/);
      assert.match(error.traceId ?? '', /^[0-9a-f]{32}$/);
    }));

  test('of an error that was not meant to be seen, nothing is', () =>
    withPeers(harness, async ({ caller }) => {
      const error = await failure(caller.unary('subject.unmeant', undefined));
      same([error.code, error.status, error.retryable], ['SKERRY_RPC_INTERNAL', 'INTERNAL', false]);
      assert.doesNotMatch(told(error), new RegExp(`${secret}|TypeError|subject\\.ts|node_modules`));
      assert.equal(error.origin?.service, 'subject');
    }));

  test('an error mapper decides what is seen', () =>
    withPeers(harness, async ({ caller }) => {
      const error = await failure(caller.unary('subject.mapped', undefined));
      same([error.code, error.status], ['ROW_MISSING', 'NOT_FOUND']);
      same(error.details, { table: 'rows' });
      assert.doesNotMatch(told(error), new RegExp(secret));
    }));

  test('a handler that does not exist is refused with the nearest names', () =>
    withPeers(harness, async ({ caller }) => {
      const error = await failure(caller.unary('subject.helo', { name: 'Ada' }));
      assert.equal(error.code, 'SKERRY_RPC_UNKNOWN_ENDPOINT');
      assert.match(error.message, /hello/);
    }));

  test('a service that does not exist is refused with a code', () =>
    withPeers(harness, async ({ caller }) => {
      const error = await failure(caller.unary('subjekt.hello', { name: 'Ada' }, { timeoutMs: 200 }));
      assert.equal(error.code, harness.discovers ? 'SKERRY_RPC_NO_NODE' : 'SKERRY_RPC_UNKNOWN_ENDPOINT');
    }));

  test('a guard refuses before the handler, and admits by metadata', () =>
    withPeers(harness, async ({ caller, seen }) => {
      const error = await failure(caller.unary('subject.guarded', undefined, { metadata: { role: 'guest' } }));
      same([error.code, error.status, error.retryable], ['SKERRY_RPC_DENIED', 'PERMISSION_DENIED', false]);
      same(seen.ran, []);
      const admitted = await caller.unary('subject.guarded', undefined, { metadata: { role: 'admin' } });
      same(admitted, { text: 'admitted' });
    }));
}

/** All of an error that came over the wire; its stack is the caller's own, and holds its message. */
function told({ message, details, origin, code, traceId }: SkerryError): string {
  return JSON.stringify({ message, details, origin, code, traceId });
}
