import fc from 'fast-check';
import { SkerryError } from '../errors/skerry-error.js';
import { decodeError, decodeGoAway, decodeHello, encodeError, encodeGoAway, encodeHello } from './control-json.js';
import {
  dataPayload,
  dataProblem,
  decodeCancel,
  decodeDefine,
  decodeOpen,
  encodeCancel,
  encodeCredit,
  encodeData,
  encodeDefine,
  encodeOpen,
  encodePing,
} from './frames.js';
import { frameType, maxU32 } from './protocol.js';

const seed = Number(process.env['SKERRY_SEED'] ?? 1);
const settings = { seed, numRuns: 500 };

const u32 = fc.nat(maxU32);
const payload = fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined });
const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });
// Text that survives UTF-8: no half of a surrogate pair.
const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const metadata = fc.option(fc.dictionary(text, text, { maxKeys: 20 }), { nil: undefined });

describe('frames', () => {
  test('OPEN comes out as it went in', () => {
    const trace = fc.option(fc.record({ traceId: hex(32), spanId: hex(16), traceFlags: fc.nat(255) }), {
      nil: undefined,
    });
    fc.assert(
      fc.property(u32, fc.nat(65_535), u32, trace, metadata, payload, fc.boolean(), (...fields) => {
        const [stream, endpoint, timeoutMs, ids, pairs, message, end] = fields;
        const frame = encodeOpen(stream, endpoint, { timeoutMs, ...ids, metadata: pairs }, message, end);
        const open = decodeOpen(frame as Buffer);
        if (typeof open === 'string') throw new Error(open);
        expect([open.stream, open.endpoint, open.end]).toEqual([stream, endpoint, end]);
        expect(open.payload && Buffer.compare(open.payload, message!)).toBe(message && 0);
        const { metadata: received, ...head } = open.head;
        expect(head).toEqual({ timeoutMs, ...ids });
        expect(received && Object.entries(received)).toEqual(pairs && Object.entries(pairs));
      }),
      settings,
    );
  });

  test('DATA comes out as it went in', () => {
    fc.assert(
      fc.property(u32, payload, fc.boolean(), (stream, message, end) => {
        const frame = encodeData(stream, message, end);
        expect(dataProblem(frame)).toBe(message || end ? undefined : 'its DATA says nothing');
        expect(frame[0]).toBe(frameType.data);
        expect(frame.readUInt32BE(1)).toBe(stream);
        expect(frame[5]! & 1).toBe(end ? 1 : 0);
        const received = dataPayload(frame);
        expect(received && Buffer.compare(received, message!)).toBe(message && 0);
      }),
      settings,
    );
  });

  test('the others come out as they went in', () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        u32,
        fc.nat(65_535),
        names,
        fc.constantFrom('cancelled', 'deadline'),
        (stream, endpoint, name, reason) => {
          expect(decodeDefine(encodeDefine(endpoint, name))).toEqual({ endpoint, name });
          expect(decodeCancel(encodeCancel(stream, reason as 'deadline'))).toBe(reason);
          expect(encodeCredit(stream, 77)).toEqual(Buffer.from([7, ...bytesOf(stream), 0, 0, 0, 77]));
          expect(encodePing(frameType.pong, stream)).toEqual(Buffer.from([10, ...bytesOf(stream)]));
          expect(decodeGoAway(encodeGoAway(stream, { code: 'X', message: name }))).toEqual({
            last: stream,
            reason: { code: 'X', message: name },
          });
        },
      ),
      settings,
    );
  });

  test('HELLO comes out as it went in, and leaves what it does not know', () => {
    const hello = { service: 'a', node: 'a-1', codec: 'json', windowBytes: 1, maxStreams: 2, maxMessageBytes: 3 };
    expect(decodeHello(encodeHello(hello))).toEqual(hello);
    const { service, node, ...anonymous } = hello;
    expect(decodeHello(encodeHello(anonymous))).toEqual(anonymous);
    expect(decodeHello(encodeHello({ ...hello, colour: 'blue' } as typeof hello))).toEqual(hello);
    expect([service, node]).toEqual(['a', 'a-1']);
  });

  test('an ERROR comes out as it went in, with its promise', () => {
    const error = { code: 'X', status: 'INTERNAL', message: 'ü', retryable: true, details: { a: [1] } } as const;
    const frame = encodeError(9, error, false);
    expect(decodeError(frame)).toEqual(error);
    expect([...frame.subarray(0, 6)]).toEqual([5, 0, 0, 0, 9, 1]);
    expect(encodeError(9, error, true)[5]).toBe(0);
  });

  test('the bytes are those of the specification', () => {
    const frame = encodeOpen(
      1,
      2,
      {
        timeoutMs: 500,
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        metadata: { k: 'vv' },
      },
      Buffer.from('{}'),
      true,
    );
    expect((frame as Buffer).toString('hex')).toBe(
      '03' +
        '00000001' +
        '0002' +
        '07' +
        '000001f4' +
        '0af7651916cd43dd8448eb211c80319c' +
        'b7ad6b7169203331' +
        '00' +
        '0001' +
        '0001' +
        '6b' +
        '0002' +
        '7676' +
        '7b7d',
    );
  });

  test('digits of a trace that are none are sent as zeros, never as memory', () => {
    const head = { timeoutMs: 1, traceId: 'x🙂€ÿ/:@G`g~'.padEnd(32, 'Ff'), spanId: 'aB'.repeat(8) };
    const open = decodeOpen(encodeOpen(1, 0, head, undefined, true) as Buffer);
    expect(open).toMatchObject({ head: { traceId: '0'.repeat(12).padEnd(32, 'f'), spanId: 'ab'.repeat(8) } });
  });

  test('a time that is none is none left', () => {
    for (const [timeoutMs, sent] of [
      [NaN, 0],
      [-5, 0],
      [0.1, 1],
      [1e12, maxU32],
    ] as const) {
      expect(decodeOpen(encodeOpen(1, 0, { timeoutMs }, undefined, true) as Buffer)).toMatchObject({
        head: { timeoutMs: sent },
      });
    }
  });

  test('metadata may have any key and touches no prototype', () => {
    const pairs = JSON.parse('{"__proto__":"x","constructor":"y","toString":"z"}') as Record<string, string>;
    const open = decodeOpen(encodeOpen(1, 0, { timeoutMs: 1, metadata: pairs }, undefined, true) as Buffer);
    if (typeof open === 'string') throw new Error(open);
    expect(Object.entries(open.head.metadata!)).toEqual(Object.entries(pairs));
    expect(Object.getPrototypeOf(open.head.metadata)).toBeNull();
  });

  test('metadata beyond its limits is not encoded', () => {
    const error = encodeOpen(1, 0, { timeoutMs: 1, metadata: { a: 'x'.repeat(16_384) } }, undefined, true);
    expect(SkerryError.is(error) && error.code).toBe('SKERRY_TRANSPORT_FRAME_TOO_LARGE');
  });

  test('any bytes are either a frame or a reason why not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const bytes = Buffer.from(noise);
        for (const decode of [decodeOpen, decodeDefine, decodeGoAway, decodeHello]) {
          const decoded: unknown = decode(bytes);
          expect(['string', 'object']).toContain(typeof decoded);
        }
        decodeCancel(bytes);
        decodeError(bytes);
        dataProblem(bytes);
      }),
      { ...settings, numRuns: 5_000 },
    );
  });
});

function bytesOf(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
