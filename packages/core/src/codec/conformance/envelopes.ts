import assert from 'node:assert/strict';
import type fastCheck from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { SkerryError } from '../../errors/skerry-error.js';
import type { EnvelopeCodec, RpcEnvelope } from '../envelope.js';
import type { CodecRunner } from './harness.js';
import { isFailure } from './round-trips.js';

/** What an envelope codec brings to be tested. */
export interface EnvelopeHarness {
  open(): EnvelopeCodec;
  /** Which ids its protocol has. */
  readonly ids: 'any' | 'u32 and text' | 'text' | 'u32';
  /**
   * What its protocol has no form for:
   *
   * - `notifications`: refused
   * - `absentParams`: arrive as an empty message
   * - `errorData`: an error arrives as its message alone
   */
  readonly lacks?: readonly ('notifications' | 'absentParams' | 'errorData')[];
  /** Plain messages that {@link EnvelopeCodec.messages} carries. Default: objects of texts and numbers. */
  readonly message?: (fc: typeof fastCheck) => Arbitrary<unknown>;
}

/** The behaviour that every envelope codec must show. Its whole spec is one call, as that of a codec. */
export function envelopeConformance({ describe, test, fc }: CodecRunner, harness: EnvelopeHarness): void {
  const { open } = harness;
  const lacks = new Set(harness.lacks);

  describe('envelope conformance', () => {
    test('any envelope arrives as it was, its message byte for byte', () => {
      const codec = open();
      fc.assert(
        fc.property(anyEnvelope(fc, codec, harness), (envelope) => {
          const { dialect, ...arrived } = codec.decode(codec.encode(envelope));
          assert.ok(dialect === undefined || typeof dialect === 'string');
          assert.deepStrictEqual(plain(arrived), plain(envelope));
        }),
      );
    });

    test('half an envelope is none, wherever it ends', () => {
      const codec = open();
      const params = codec.messages.encode({ a: 'text' });
      const bytes = codec.encode({ kind: 'request', id: harness.ids === 'text' ? '1' : 1, method: 'a.b', params });
      const whole = plain(codec.decode(bytes));
      for (let end = 0; end < bytes.length; end++) {
        try {
          // Of two parts in one, the first may be an envelope of its own, without a message.
          assert.notDeepStrictEqual(plain(codec.decode(bytes.subarray(0, end))), whole);
        } catch (error) {
          if (!isFailure('SKERRY_CODEC_DECODE_FAILED')(error)) throw error;
        }
      }
    });

    test('garbage is refused, or read as an envelope', () => {
      const codec = open();
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
          try {
            assert.ok(['request', 'notification', 'reply', 'error'].includes(codec.decode(bytes).kind));
          } catch (error) {
            if (!isFailure('SKERRY_CODEC_DECODE_FAILED')(error)) throw error;
          }
        }),
        { numRuns: 1_000 },
      );
    });

    test('what its protocol has no form for is refused', () => {
      const codec = open();
      const refused = (envelope: RpcEnvelope): void => assert.throws(() => codec.encode(envelope), SkerryError.is);
      if (lacks.has('notifications')) refused({ kind: 'notification', method: 'a.b' });
      if (harness.ids === 'any') return;
      refused({ kind: 'request', id: null, method: 'a.b' });
      if (harness.ids !== 'text') refused({ kind: 'request', id: -1, method: 'a.b' });
    });
  });
}

function anyEnvelope(fc: typeof fastCheck, codec: EnvelopeCodec, harness: EnvelopeHarness): Arbitrary<RpcEnvelope> {
  const lacks = new Set(harness.lacks);
  const message = (harness.message ?? plainMessage)(fc).map((each) => codec.messages.encode(each));
  const text = fc.string({ minLength: 1, maxLength: 20 });
  const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const id = { any: fc.oneof(text, number), 'u32 and text': fc.oneof(text, number), text, u32: number }[harness.ids];
  const method = text;
  const params = lacks.has('absentParams') ? message : fc.option(message, { nil: undefined });
  const data = fc.option(plainMessage(fc), { nil: undefined });
  const error = lacks.has('errorData')
    ? fc.record({ message: text })
    : fc.record({ code: fc.integer({ min: -32_768, max: 32_767 }), message: text, data });
  return fc.oneof<Arbitrary<RpcEnvelope>[]>(
    fc.record({ kind: fc.constant('request' as const), id, method, params }),
    ...(lacks.has('notifications') ? [] : [fc.record({ kind: fc.constant('notification' as const), method, params })]),
    fc.record({ kind: fc.constant('reply' as const), id, result: message }),
    fc.record({ kind: fc.constant('error' as const), id, error }),
  );
}

function plainMessage(fc: typeof fastCheck): Arbitrary<unknown> {
  const value = fc.oneof(fc.string(), fc.integer());
  return fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), value, { maxKeys: 3, noNullPrototype: true });
}

/** Without what is absent, and with bytes of one class. */
function plain(envelope: object): unknown {
  return Object.fromEntries(
    Object.entries(envelope).flatMap(([key, each]): [string, unknown][] => {
      if (each === undefined || key === 'dialect') return [];
      if (each instanceof Uint8Array) return [[key, Buffer.from(each).toString('hex')]];
      return [[key, key === 'error' ? (JSON.parse(JSON.stringify(each)) as unknown) : (each as unknown)]];
    }),
  );
}
