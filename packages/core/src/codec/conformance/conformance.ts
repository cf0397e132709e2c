import assert from 'node:assert/strict';
import { SkerryError } from '../../errors/skerry-error.js';
import type { CodecHarness, CodecLack, CodecRunner, ValueLack } from './harness.js';
import { hostileCases } from './hostile-bytes.js';
import { isFailure, roundTripCases, through } from './round-trips.js';

/**
 * The behaviour that every codec must show, as tests named for it. A codec's spec is one call:
 *
 *     import fc from 'fast-check';
 *
 *     codecConformance({ describe, test, fc }, { open: () => new MsgpackCodec(), hostile: { ... }, lacks: ['negativeZero'] });
 */
export function codecConformance(runner: CodecRunner, harness: CodecHarness): void {
  const lacks = new Set(harness.lacks);
  const { describe, test } = runner;
  const { open } = harness;

  describe('codec conformance', () => {
    test('has a name and a content type that peers can agree on', () => {
      const { name, contentType } = open();
      assert.match(name, /^[a-z][a-z0-9-]*$/);
      assert.match(contentType, /^[a-z]+\/[a-z0-9.+-]+$/);
    });

    describe('messages', () => roundTripCases(runner, harness, lacks));
    describe('bytes of strangers', () => hostileCases(runner, harness, lacks));
    describe('values that JSON has no word for', () => {
      const withoutIt = (lack: string): string =>
        lack === 'bigints' && lacks.has('bigintsRefused') ? 'arrive as text' : values[lack as ValueLack].without;

      for (const [lack, cases] of Object.entries(values)) {
        const lacking = lacks.has(lack as CodecLack);
        test(`${lack}: ${lacking ? withoutIt(lack) : 'arrive as they were'}`, () => {
          const codec = open();
          for (const value of cases.values) {
            if (!lacking) assert.deepStrictEqual(through(codec, { value }), { value });
            else if (lack === 'bigints' && lacks.has('bigintsRefused'))
              assert.deepStrictEqual(through(codec, { value }), { value: String(value) });
            else if (cases.becomes === refused)
              assert.throws(() => codec.encode({ value }), isFailure('SKERRY_CODEC_ENCODE_FAILED'));
            else cases.becomes((through(codec, { value }) as { value: unknown }).value, value);
          }
        });
      }
      test(`nulInKeys: ${lacks.has('nulInKeys') ? 'are refused' : 'arrive as they were'}`, () => {
        const codec = open();
        const message = { 'a\0b': 1 };
        if (!lacks.has('nulInKeys')) assert.deepStrictEqual(through(codec, message), message);
        else assert.throws(() => codec.encode(message), SkerryError.is);
      });
    });
  });
}

interface ValueCases {
  readonly values: readonly unknown[];
  /** What happens to them in a codec that lacks them. */
  readonly without: string;
  readonly becomes: typeof refused | ((arrived: unknown, sent: unknown) => void);
}

const refused = Symbol('refused');

const values: Readonly<Record<ValueLack, ValueCases>> = {
  nonFinite: {
    values: [NaN, Infinity, -Infinity],
    without: 'arrive as null',
    becomes: (arrived) => assert.strictEqual(arrived, null),
  },
  negativeZero: { values: [-0], without: 'arrives as 0', becomes: (arrived) => assert.ok(Object.is(arrived, 0)) },
  loneSurrogates: { values: ['\ud800', 'a\udc00b'], without: 'are refused', becomes: refused },
  dates: {
    values: [new Date(0), new Date(-1), new Date(8.64e15)],
    without: 'arrive as their text',
    becomes: (arrived, sent) => assert.strictEqual(arrived, (sent as Date).toISOString()),
  },
  bigints: { values: [0n, -1n, 2n ** 62n], without: 'are refused', becomes: refused },
  bytes: {
    values: [new Uint8Array(), Uint8Array.of(1, 2)],
    without: 'arrive as something else',
    becomes: (arrived) => assert.ok(!(arrived instanceof Uint8Array)),
  },
};
