import { deflateSync } from 'node:zlib';
import type { NodeRecord } from '@skerry/core';
import fc from 'fast-check';
import { nodesIn } from './health-entry.js';
import { maxRecordBytes, serviceOf } from './service-record.js';

const node: NodeRecord = {
  service: 'orders',
  id: 'orders-3f9a1c02',
  version: '2.1.0',
  addresses: { skerry: 'tcp://[::1]:4101' },
  zone: 'eu-1',
  weight: 12.5,
  metadata: { colour: 'blue' },
  endpoints: [{ name: 'place', kind: 'unary', idempotent: false, readOnly: false }],
  ttlMs: 60_000,
  epoch: 7,
};

/** What Consul answers about a service that somebody registered. */
const entry = (service: object, machine: object = {}): unknown => ({
  Node: { Node: 'machine-1', Address: '10.0.0.1', ...machine },
  Service: { ID: 'web', Service: 'orders', Tags: [], Address: '', Port: 8080, Meta: {}, ...service },
  Checks: [],
});
const [byHand] = nodesIn([entry({})], 'orders');

/** A registered record, as it comes back. */
const stored = (record: NodeRecord, change: (meta: Record<string, string>) => void = () => undefined): unknown => {
  const { ID, Address, Port, Meta } = serviceOf(record, 'orders');
  const meta = { ...Meta };
  change(meta);
  return entry({ ID, Address, Port, Meta: meta });
};
const packed = (json: string) => ({ ID: node.id, Meta: { 'skerry-format': '1', 'skerry-record-0': base64(json) } });
const base64 = (json: string): string => deflateSync(json).toString('base64');

describe('a record of Skerry’s', () => {
  test('comes back as it was, and is told to others in words of Consul’s', () => {
    expect(nodesIn([stored(node)], 'orders')).toEqual([node]);
    expect(serviceOf(node, 'orders')).toMatchObject({
      ID: 'orders-3f9a1c02',
      Name: 'orders',
      Address: '::1',
      Port: 4101,
      Weights: { Passing: 13, Warning: 1 },
      Meta: { 'skerry-version': '2.1.0', 'skerry-zone': 'eu-1' },
      Check: { TTL: '60000ms', Status: 'passing', DeregisterCriticalServiceAfter: '60000ms' },
    });
  });

  test('whose schemas are many fits into pairs that Consul takes', () => {
    const words = ['string', 'number', 'boolean', 'array', 'object'];
    const endpoints = Array.from({ length: 200 }, (_, i) => ({
      name: `handler${i}`,
      kind: 'unary' as const,
      idempotent: i % 2 === 0,
      readOnly: false,
      request: {
        type: 'object',
        properties: Object.fromEntries(
          words.map((type, j) => [`field${i + j}`, { type, description: `${i} ${type}` }]),
        ),
      },
    }));
    const large = { ...node, endpoints };
    expect(JSON.stringify(large).length).toBeGreaterThan(60_000);
    const { Meta } = serviceOf(large, 'orders');
    const pairs = Object.entries(Meta);
    expect(pairs.length).toBeLessThanOrEqual(64);
    expect(pairs.filter(([key, value]) => key.length > 128 || value.length > 512 || !/^[\w-]+$/.test(key))).toEqual([]);
    expect(nodesIn([stored(large)], 'orders')).toEqual([large]);
  });

  test('that does not deflate to what the meta holds is refused, with how much it holds', () => {
    let noise = '';
    for (let i = 0; noise.length < 40_000; i++) noise += Math.sin(i).toString(36).slice(3);
    expect(() => serviceOf({ ...node, metadata: { noise } }, 'orders')).toThrow(
      expect.objectContaining({
        code: 'SKERRY_REGISTRY_RECORD_TOO_LARGE',
        details: { bytes: expect.any(Number), limit: 21_504 },
      }),
    );
  });

  test.each<[string, unknown]>([
    ['of a format that is not known yet', stored(node, (meta) => (meta['skerry-format'] = '2'))],
    ['that lost its end', stored(node, (meta) => (meta['skerry-record-0'] = meta['skerry-record-0']!.slice(0, 40)))],
    ['that is no base64', stored(node, (meta) => (meta['skerry-record-0'] = 'ü'.repeat(10)))],
    ['that was copied from another service', entry({ ...packed(JSON.stringify(node)), ID: 'other' })],
    ['that is a text', entry(packed('"text"'))],
    ['that is nothing', entry(packed('null'))],
    ['that is no JSON', entry(packed('{'))],
    ['that would fill the memory', entry(packed(`{"id":"${node.id}","x":"${'x'.repeat(maxRecordBytes)}"}`))],
  ])('%s is a service like one registered by hand', (_what, value) => {
    expect(nodesIn([value], 'orders')).toEqual([expect.objectContaining({ epoch: 0, endpoints: [] })]);
  });
});

describe('a service registered by hand', () => {
  test('is a node at its address and port, of which little is known', () => {
    expect(byHand).toEqual({
      service: 'orders',
      id: 'web@machine-1',
      version: '0.0.0',
      addresses: { skerry: 'tcp://10.0.0.1:8080' },
      weight: 1,
      metadata: {},
      endpoints: [],
      ttlMs: 60_000,
      epoch: 0,
    });
  });

  test('says its version, zone, weight and metadata by its meta', () => {
    const Meta = { version: 'v1.2.3', zone: 'eu-1', colour: 'blue', 'skerry-x': 'mine', __proto__: null };
    expect(nodesIn([entry({ Meta, Weights: { Passing: 5_000 }, Address: 'fe80::1' })], 'orders')).toEqual([
      {
        ...byHand,
        version: '1.2.3',
        zone: 'eu-1',
        addresses: { skerry: 'tcp://[fe80::1]:8080' },
        weight: 100,
        metadata: { colour: 'blue' },
      },
    ]);
  });

  test.each([
    [['version=1.2.3'], '1.2.3'],
    [['blue', 'v2.0.0-rc.1+build'], '2.0.0-rc.1+build'],
    [['v2', 'version=latest', 'vault'], '0.0.0'],
  ])('of tags %j is of version %s', (Tags, version) => {
    expect(nodesIn([entry({ Tags })], 'orders')).toMatchObject([{ version }]);
  });

  test('of the same id on two machines is two nodes', () => {
    const found = nodesIn([entry({}), entry({}, { Node: 'machine-2' })], 'orders');
    expect(found.map(({ id }) => id)).toEqual(['web@machine-1', 'web@machine-2']);
  });

  test.each([
    ['no port', { Port: 0 }],
    ['a port that is none', { Port: 70_000 }],
    ['an address that is more than that', { Address: 'host/path?x' }],
    ['a name in another case', { Service: 'Orders' }],
  ])('with %s is no node of this service', (_what, change) => {
    expect(nodesIn([entry(change)], 'orders')).toEqual([]);
  });
});

test('an answer that is no list is an error; whatever is in a list is none', () => {
  expect(() => nodesIn({}, 'orders')).toThrow('no list of services');
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (values, service) => {
      const hostile = [
        ...values,
        { Node: values, Service: values },
        entry(service),
        entry({ Meta: service, Tags: values }),
      ];
      for (const found of nodesIn(hostile, 'orders')) expect(found.service).toBe('orders');
    }),
  );
});
