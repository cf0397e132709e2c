import type { NodeRecord } from '@skerry/core';
import { addressText, serviceChanges } from './service-changes.js';

function node(id: string, change: Partial<NodeRecord> = {}): NodeRecord {
  const addresses = { skerry: 'tcp://127.0.0.1:4101' };
  const [service = ''] = id.split('-');
  return {
    service,
    id,
    version: '1.0.0',
    addresses,
    weight: 1,
    metadata: {},
    endpoints: [],
    ttlMs: 1,
    epoch: 1,
    ...change,
  };
}

const fleet = (...nodes: NodeRecord[]): Map<string, NodeRecord[]> => new Map([['all', nodes]]);

function signs(...states: Parameters<typeof serviceChanges>): string[] {
  return serviceChanges(...states).map(({ change, node }) => `${change} ${node}`);
}

test('what is there first of all is present', () => {
  expect(signs(undefined, fleet(node('b-1'), node('a-1')))).toEqual(['present a-1', 'present b-1']);
});

test('nodes come, go, and are others', () => {
  const before = fleet(node('a-1'), node('a-2'), node('b-1'));
  const now = fleet(node('a-2', { version: '2.0.0' }), node('a-3'), node('b-1'));
  expect(signs(before, now)).toEqual(['left a-1', 'changed a-2', 'joined a-3']);
});

test('being registered again is no change', () => {
  expect(signs(fleet(node('a-1')), fleet(node('a-1', { epoch: 2 })))).toEqual([]);
});

test('an address is told by its protocol where that is not the own one', () => {
  expect(addressText(node('a-1'))).toBe('tcp://127.0.0.1:4101');
  expect(addressText({ addresses: { grpc: 'grpc://h:1' } })).toBe('grpc grpc://h:1');
});
