import { checkNodeRecord, checkServiceName } from './check-node-record.js';
import type { NodeRecord } from './node-record.js';

const record: NodeRecord = {
  service: 'echo',
  id: 'echo-1',
  version: '1.0.0',
  addresses: { skerry: 'tcp://127.0.0.1:4101' },
  zone: 'eu-1',
  weight: 10,
  metadata: { colour: 'blue' },
  endpoints: [
    {
      name: 'hello',
      kind: 'unary',
      idempotent: true,
      readOnly: false,
      request: { type: 'object', enum: [{ deep: [1] }] },
    },
  ],
  codecs: ['msgpack', 'json'],
  ttlMs: 60_000,
  epoch: 1,
};

const copy = (): Record<string, unknown> => JSON.parse(JSON.stringify(record)) as Record<string, unknown>;

function isFrozen(value: unknown): boolean {
  return (
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))
  );
}

describe('checkNodeRecord', () => {
  test('gives a copy that is frozen all the way down', () => {
    const raw = copy();
    const checked = checkNodeRecord(raw);
    expect(checked).toEqual(record);
    expect(isFrozen(checked)).toBe(true);
    expect(isFrozen(raw)).toBe(false);
  });

  test('gives back what it has checked before', () => {
    const checked = checkNodeRecord(copy());
    expect(checkNodeRecord(checked)).toBe(checked);
    expect(checkNodeRecord({ ...checked })).not.toBe(checked);
  });

  test('leaves out what it does not know, and what JSON leaves out', () => {
    const raw: Record<string, unknown> = { ...copy(), later: 'a field of a newer version' };
    raw['endpoints'] = [
      { name: 'hello', kind: 'unary', idempotent: true, readOnly: false, reply: { type: 'object', title: undefined } },
    ];
    const checked = checkNodeRecord(raw);
    expect(checked).not.toHaveProperty('later');
    expect(Object.keys(checked.endpoints[0]!.reply!)).toEqual(['type']);
  });

  test('shares the endpoints of records that describe themselves alike, and believes no hash', () => {
    const described = (): Record<string, unknown> => ({ ...copy(), schemaHash: 'a hash' });
    const first = checkNodeRecord(described());
    const sibling = checkNodeRecord({ ...described(), id: 'echo-2' });
    expect(sibling.endpoints).toBe(first.endpoints);
    const liar = described();
    (liar['endpoints'] as { name: string }[])[0]!.name = 'bye';
    expect(checkNodeRecord(liar).endpoints).toMatchObject([{ name: 'bye' }]);
    expect(isFrozen(checkNodeRecord(liar))).toBe(true);
    const wrong = described();
    (wrong['endpoints'] as { kind: string }[])[0]!.kind = 'other';
    expect(() => checkNodeRecord(wrong)).toThrow('endpoints[0].kind is "other"');
  });

  test('pollutes no prototype', () => {
    const raw = copy();
    raw['metadata'] = JSON.parse('{"__proto__":"x","constructor":"y"}');
    raw['endpoints'] = [
      {
        name: 'hello',
        kind: 'unary',
        idempotent: true,
        readOnly: false,
        reply: JSON.parse('{"__proto__":{"polluted":1}}'),
      },
    ];
    const checked = checkNodeRecord(raw);
    expect(Object.getPrototypeOf(checked.metadata)).toBe(Object.prototype);
    expect(Object.keys(checked.metadata)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(checked.endpoints[0]!.reply)).toBe(Object.prototype);
  });

  const deep: unknown = JSON.parse('{"a":'.repeat(100) + '1' + '}'.repeat(100));
  const endpoint = { name: 'hello', kind: 'unary', idempotent: true, readOnly: false };

  test.each<[string, unknown, string]>([
    ['service', '', '1 to 200 characters'],
    ['service', 'x'.repeat(201), '(203 characters)'],
    ['service', 'a\u0000b', 'control character'],
    ['service', 'half a surrogate \ud83c', 'control character'],
    ['service', 7, 'service is 7'],
    ['id', undefined, 'id is undefined'],
    ['version', null, 'version is null'],
    ['addresses', ['tcp://127.0.0.1:1'], 'an object'],
    ['addresses', { skerry: 4101 }, 'addresses.skerry is 4101'],
    ['zone', '', 'zone is ""'],
    ['weight', 0, '1 to 100'],
    ['weight', 101, '1 to 100'],
    ['weight', NaN, 'weight is NaN'],
    ['weight', '10', 'weight is "10"'],
    ['metadata', { count: 1 }, 'metadata.count is 1'],
    ['metadata', null, 'metadata is null'],
    ['endpoints', {}, 'a list'],
    ['endpoints', [endpoint, null], 'endpoints[1] is null'],
    ['endpoints', [{ ...endpoint, kind: 'both' }], 'endpoints[0].kind is "both"'],
    ['endpoints', [{ ...endpoint, idempotent: 1 }], 'endpoints[0].idempotent is 1'],
    ['endpoints', [{ ...endpoint, request: true }], 'endpoints[0].request is true'],
    ['endpoints', [{ ...endpoint, request: deep }], '64 levels'],
    ['endpoints', [{ ...endpoint, request: { default: () => 1 } }], 'endpoints[0]'],
    ['codecs', 'json', 'codecs is "json"'],
    ['codecs', ['json', 7], 'codecs[1] is 7'],
    ['codecs', Array.from({ length: 33 }, () => 'json'), 'at most 32'],
    ['ttlMs', 0, 'ttlMs is 0'],
    ['ttlMs', 2 ** 31, 'ttlMs is 2147483648'],
    ['epoch', -1, 'epoch is -1'],
    ['epoch', 1.5, 'epoch is 1.5'],
    ['epoch', Infinity, 'epoch is Infinity'],
  ])('refuses a wrong %s: %p', (field, value, message) => {
    expect(() => checkNodeRecord({ ...copy(), [field]: value })).toThrow(message);
  });

  test.each([null, undefined, 7, 'text', [], () => 1])('refuses what is no record at all: %p', (value) => {
    expect(() => checkNodeRecord(value)).toThrow(TypeError);
  });

  test.each(['..', 'a/b', '__proto__', 'grüße-日本語-🌊', 'x'.repeat(200)])('takes the name %p', (name) => {
    expect(checkServiceName(name)).toBe(name);
  });
});
