import fc from 'fast-check';
import type { OutgoingHttpHeaders } from 'node:http2';
import { statuses, type Status } from '@skerry/core';
import { endingOf, errorTrailers } from './error-trailers.js';
import { framed, MessageReader } from './message-reader.js';
import { addHead, headOf } from './metadata.js';
import { codeOf, decodeMessage, encodeMessage, statusOf } from './status.js';
import { formatTimeout, parseTimeout } from './timeout.js';

test('messages come out as they went in, however they are cut', () => {
  const message = fc.record({ bytes: fc.uint8Array({ maxLength: 300 }), compressed: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 20 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 64 })),
      (all, sizes) => {
        const wire = Buffer.concat(all.map(({ bytes, compressed }) => framed(bytes, compressed)));
        const reader = new MessageReader(300);
        const read: unknown[] = [];
        for (let at = 0; at < wire.length;) {
          const size = sizes.next().value as number;
          const messages = reader.read(wire.subarray(at, (at += size)));
          if (typeof messages === 'string') throw new Error(messages);
          for (const { payload, compressed } of messages) read.push({ bytes: new Uint8Array(payload), compressed });
        }
        expect(read).toEqual(all);
        expect(reader.midway).toBe(false);
      },
    ),
  );
});

test('a message beyond the limit is refused by its head', () => {
  expect(new MessageReader(300).read(Buffer.from([0, 0, 0, 1, 45]))).toBe(
    'it sent a message of 301 bytes, 300 bytes are allowed',
  );
  expect(new MessageReader(300).read(Buffer.from([7, 0, 0, 0, 0]))).toBe('it sent a message whose first byte is 7');
});

test('any text passes as a message, in printable ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const encoded = encodeMessage(text);
      expect(encoded).toMatch(/^[ -~]*$/);
      expect(decodeMessage(encoded)).toBe(text);
    }),
  );
  expect(decodeMessage('100% of %zz')).toBe('100% of %zz');
});

test('every status has its number', () => {
  for (const status of statuses) expect(statusOf(codeOf(status))).toBe(status);
  expect([codeOf('CANCELLED'), codeOf('UNAUTHENTICATED'), statusOf(0), statusOf(99)]).toEqual([
    1,
    16,
    undefined,
    'UNKNOWN',
  ]);
});

test('a timeout is never shorter on the other side, and fits into eight digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 2 }), (ms) => {
      const text = formatTimeout(ms);
      expect(text).toMatch(/^\d{1,8}[mSM]$/);
      expect(parseTimeout(text)).toBeGreaterThanOrEqual(ms);
    }),
  );
  expect(parseTimeout('1n')).toBe(1);
});

test('what a head has travels', () => {
  const head = {
    ...{ timeoutMs: 250, traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 },
    metadata: { 'x-who': 'me', ':baggage': 'a=b', ':idempotency-key': 'k', 'grpc-status': '0', te: 'x' },
  };
  const headers: OutgoingHttpHeaders = {};
  expect(addHead(headers, head)).toBeUndefined();
  const received = headOf(headers as Record<string, string>);
  expect(received).toMatchObject({ timeoutMs: 250, traceId: head.traceId, spanId: head.spanId, traceFlags: 1 });
  expect({ ...(received as { metadata: object }).metadata }).toEqual({
    'x-who': 'me',
    ':baggage': 'a=b',
    ':idempotency-key': 'k',
  });
  expect(addHead({}, { timeoutMs: 1, metadata: { 'x-who': 'Ä' } })).toContain('base64');
});

test('failures are bounded, and readable by both kinds of callers', () => {
  const wire = {
    ...{ code: 'LARGE', status: 'ABORTED' as Status, message: 'm'.repeat(5_000), retryable: true },
    details: { much: 'x'.repeat(50_000) },
    origin: { service: 'a', node: 'a-1' },
  };
  for (const whole of [true, false]) {
    const trailers = errorTrailers(wire, false, whole);
    const size = Object.entries(trailers).reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
    expect(size).toBeLessThan(8_000);
    const ending = endingOf(trailers as Record<string, string>);
    expect(ending).toMatchObject({
      ok: false,
      started: !whole,
      wire: { code: 'LARGE', status: 'ABORTED', retryable: true },
    });
  }
});

test('the end of a stranger is not believed', () => {
  for (const trailers of [{}, { 'grpc-status': 'x' }, { 'grpc-status': '-1' }]) {
    expect(endingOf(trailers)).toMatchObject({ ok: false, wire: { code: 'SKERRY_RPC_PROTOCOL' } });
  }
  const odd = { 'grpc-status': '5', 'skerry-error-bin': 'bm8=', 'grpc-status-details-bin': '////' };
  expect(endingOf(odd)).toMatchObject({ ok: false, wire: { code: 'NOT_FOUND' } });
});
