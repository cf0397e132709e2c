import { SkerryError, type JsonSchema } from '@skerry/core';
import fc from 'fast-check';
import { cases } from './fixtures/random-schemas.js';
import { ProtobufCodec } from './protobuf-codec.js';
import { ProtoRpcCodec } from './proto-rpc.js';

const codec = new ProtobufCodec();
const envelopes = new ProtoRpcCodec(codec);

/** Either a message, or the error that the contract says. */
function attempt(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!SkerryError.is(error) || error.code !== 'SKERRY_CODEC_DECODE_FAILED') throw error;
  }
}

const mutations = fc.array(
  fc.oneof(
    fc.record({ at: fc.nat(400), byte: fc.nat(255) }),
    fc.record({ cut: fc.nat(400) }),
    fc.record({ at: fc.nat(400), insert: fc.uint8Array({ maxLength: 12 }) }),
  ),
  { maxLength: 5 },
);

function mutated(bytes: Uint8Array, changes: readonly object[]): Uint8Array {
  let result = Buffer.from(bytes);
  for (const change of changes as { at?: number; byte?: number; cut?: number; insert?: Uint8Array }[]) {
    const at = (change.at ?? change.cut ?? 0) % (result.length + 1);
    if (change.cut !== undefined) result = result.subarray(0, at);
    else if (change.insert) result = Buffer.concat([result.subarray(0, at), change.insert, result.subarray(at)]);
    else if (at < result.length) result[at] = change.byte!;
  }
  return result;
}

test('changed bytes are a message or refused, never anything else', () => {
  fc.assert(
    fc.property(cases(), mutations, ({ schema, message }, changes) => {
      const compiled = codec.forSchema(schema);
      const bytes = mutated(compiled.encode(message), changes);
      attempt(() => compiled.decode(bytes));
      attempt(() => codec.decode(bytes));
    }),
    { numRuns: 500 },
  );
});

test('any bytes are a message or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      attempt(() => codec.decode(bytes));
      attempt(() => envelopes.decode(bytes));
    }),
    { numRuns: 2_000 },
  );
});

test('no schema of a stranger is too strange to compile', () => {
  const keyword = fc.constantFrom(
    'type',
    'properties',
    '$ref',
    '$defs',
    'anyOf',
    'items',
    'additionalProperties',
    'title',
    'required',
    'x-skerry-field',
    'x-skerry-type',
    'x-skerry-enum',
    'x-skerry-oneof',
    'a',
    '__proto__',
  );
  const leaf = fc.constantFrom<unknown>(
    'object',
    'array',
    'string',
    '#',
    '#/$defs/a',
    '#/$defs/%',
    'bigint',
    'date',
    1,
    2,
    -1,
    null,
    true,
    'a',
  );
  const schema = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'medium' },
      leaf,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.array(fc.tuple(keyword, tie('node')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    ),
  })).node;
  fc.assert(
    fc.property(schema, fc.uint8Array({ maxLength: 32 }), (given, bytes) => {
      const message = codec.forSchema({ type: 'object', properties: { a: given }, $defs: { a: given } } as JsonSchema);
      attempt(() => message.decode(bytes));
    }),
    { numRuns: 500 },
  );
});

test('a promise of many bytes costs nothing', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 1_000; count++) attempt(() => codec.decode(Buffer.from('1affffffff0f', 'hex')));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
});
