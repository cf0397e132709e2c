import fc from 'fast-check';
import type { SkerryError } from '../errors/skerry-error.js';
import { JsonCodec } from './json-codec.js';

const codec = new JsonCodec();

function decode(text: string): unknown {
  return codec.decode(Buffer.from(text));
}

function failure(work: () => unknown): SkerryError {
  try {
    work();
  } catch (error) {
    return error as SkerryError;
  }
  throw new Error('expected it to fail');
}

const deep = (levels: number, open = '[', close = ']') => open.repeat(levels) + close.repeat(levels);

describe('what goes in comes out', () => {
  test('for any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, stringUnit: 'binary' }), (value) => {
        // JSON has no -0, and some keys are dropped.
        const expected = JSON.parse(JSON.stringify(value), (key, each: unknown) =>
          ['__proto__', 'constructor'].includes(key) ? undefined : each,
        ) as unknown;
        expect(codec.decode(codec.encode(value))).toEqual(expected);
      }),
    );
  });

  test('for text of any kind, half a surrogate pair included', () => {
    for (const text of ['', 'ä€😀', '"\\"\\\\', '\u0000\n', '\ud800', '\\u005f']) {
      expect(codec.decode(codec.encode([text]))).toEqual([text]);
    }
  });

  test('from bytes that are part of a larger buffer', () => {
    const larger = new TextEncoder().encode('xx{"a":1}yy');
    expect(codec.decode(larger.subarray(2, 9))).toEqual({ a: 1 });
  });

  test('undefined is encoded as null, so that every message has bytes', () => {
    expect(Buffer.from(codec.encode(undefined)).toString()).toBe('null');
    expect(codec.decode(codec.encode(undefined))).toBeNull();
  });
});

describe('refuses to encode', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;

  test.each([
    ['a bigint', { amount: 1n }, /BigInt/],
    ['a circle', cyclic, /circular/],
    ['a function', () => 1, /a function has no JSON/],
    ['a symbol', Symbol('secret'), /a symbol has no JSON/],
    ['an object whose toJSON throws', { toJSON: () => AbortSignal.abort('no error').throwIfAborted() }, /toJSON/],
  ])('%s', (_what, message, expected) => {
    const error = failure(() => codec.encode(message));
    expect(error.code).toBe('SKERRY_CODEC_ENCODE_FAILED');
    expect(error.message).toMatch(expected);
  });
});

describe('refuses to decode', () => {
  test.each([
    ['nothing', ''],
    ['half a message', '{"a":'],
    ['a second message behind the first', '{} {}'],
    ['garbage behind the message', '[1]x'],
    ['single quotes', "{'a':1}"],
    ['a trailing comma', '[1,]'],
    ['a comment', '[1]// one'],
    ['a byte order mark', '\ufeff{}'],
    ['NaN', 'NaN'],
    ['a control character in a string', '"\n"'],
  ])('%s', (_what, text) => {
    expect(failure(() => decode(text)).code).toBe('SKERRY_CODEC_DECODE_FAILED');
  });

  test.each([
    ['a stray continuation byte', [0x22, 0x80, 0x22]],
    ['half a character', [0x22, 0xc3, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])('%s, which is no UTF-8', (_what, bytes) => {
    const error = failure(() => codec.decode(Uint8Array.from(bytes)));
    expect(error.code).toBe('SKERRY_CODEC_DECODE_FAILED');
    expect(error.message).toContain('UTF-8');
  });

  test('without quoting the message, which may hold secrets', () => {
    const error = failure(() => decode('{"password":"hunter2",}'));
    expect(error.message).toContain('23 bytes');
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});

describe('depth', () => {
  test('64 levels are decoded, 65 are not', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const inner = open === '[' ? '' : '1';
      const nested = (levels: number) => open.repeat(levels) + inner + close.repeat(levels);
      expect(() => decode(nested(64))).not.toThrow();
      expect(failure(() => decode(nested(65))).message).toContain('deeper than 64');
    }
  });

  test('siblings are no levels, and brackets in strings are none', () => {
    const brackets = '['.repeat(1000);
    expect(decode(`[${'[],'.repeat(1000)}"${brackets}\\"${brackets}\\\\"]`)).toHaveLength(1001);
  });

  test('a string cannot hide what follows it', () => {
    for (const text of ['"', '"\\\\"', '"\\""', `"${'\\'.repeat(64)}"`]) {
      const hidden = `[${text},${deep(100)}]`;
      if (text !== '"') expect(failure(() => decode(hidden)).message).toContain('deeper than 64');
      else expect(failure(() => decode(hidden)).code).toBe('SKERRY_CODEC_DECODE_FAILED');
    }
  });

  test('a bomb of a million levels is refused after looking at its beginning', () => {
    let reads = 0;
    const bomb = new Proxy(Buffer.from(deep(1_000_000)), {
      get(bytes, property) {
        if (typeof property === 'string' && /^\d+$/.test(property)) reads++;
        const value: unknown = Reflect.get(bytes, property, bytes);
        return typeof value === 'function' ? value.bind(bytes) : value;
      },
    });
    expect(failure(() => codec.decode(bomb)).message).toContain('deeper than 64');
    expect(reads).toBeLessThan(100);
  });
});

describe('keys that would be traps', () => {
  const polluted = () => ({}) as Record<string, unknown>;

  test.each([
    ['spelled out', '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"a":1}'],
    ['with escapes', '{"\\u005f_proto__":{"admin":true},"\\u0063onstructor":1,"a":1}'],
    ['with other escapes', '{"__pr\\u006fto__":{"admin":true},"constr\\u0075ctor":1,"a":1}'],
    ['with upper-case digits', '{"\\u005F\\u005Fproto__":{"admin":true},"a":1}'],
  ])('%s, are dropped', (_how, text) => {
    const value = decode(text) as Record<string, unknown>;
    expect(Object.getOwnPropertyNames(value)).toEqual(['a']);
    expect(value['admin']).toBeUndefined();
    expect(Object.assign({}, value)).toEqual({ a: 1 });
    expect(polluted()['admin']).toBeUndefined();
  });

  test('at every level, also in arrays', () => {
    expect(decode('{"list":[{"deep":{"__proto__":{"x":1},"b":2}}]}')).toEqual({ list: [{ deep: { b: 2 } }] });
  });

  test('any escape of any letter of such a key is seen through', () => {
    const spelled = (key: string) =>
      fc
        .array(fc.boolean(), { minLength: key.length, maxLength: key.length })
        .map((escaped) =>
          [...key].map((c, i) => (escaped[i] ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join(''),
        );
    fc.assert(
      fc.property(fc.oneof(spelled('__proto__'), spelled('constructor')), (key) => {
        expect(Object.getOwnPropertyNames(decode(`{"${key}":{"x":1}}`))).toEqual([]);
      }),
    );
  });

  test('the same words as values are left alone', () => {
    expect(decode('{"a":"__proto__","b":["constructor"]}')).toEqual({ a: '__proto__', b: ['constructor'] });
  });

  test('of two equal keys the last one counts', () => {
    expect(decode('{"a":1,"b":2,"a":3}')).toEqual({ a: 3, b: 2 });
    expect(decode('{"a":1,"\\u0061":3}')).toEqual({ a: 3 });
  });
});
