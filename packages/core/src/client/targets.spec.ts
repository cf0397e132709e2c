import type { EndpointRecord, NodeRecord } from '../registry/node-record.js';
import { NodeFilter, type NodeCriteria } from '../selector/filter.js';
import { TargetCache, unknownHandler } from './targets.js';

function endpoint(name: string, change: Partial<EndpointRecord> = {}): EndpointRecord {
  return { name, kind: 'unary', idempotent: false, readOnly: false, ...change };
}

function node(id: string, change: Partial<NodeRecord> = {}): NodeRecord {
  return Object.freeze({
    service: 'greeter',
    id,
    version: '1.0.0',
    addresses: { skerry: `memory://${id}` },
    weight: 100,
    metadata: {},
    endpoints: [endpoint('hello')],
    ttlMs: 1_000,
    epoch: 1,
    ...change,
  });
}

function list(...all: NodeRecord[]): readonly NodeRecord[] {
  return Object.freeze(all);
}

const ids = (nodes: readonly NodeRecord[]): string[] => nodes.map(({ id }) => id);

describe('the targets of a handler', () => {
  test('are the nodes that have it and can be reached', () => {
    const all = list(
      node('a'),
      node('b', { endpoints: [endpoint('bye')] }),
      node('c', { addresses: { http: 'http://c' } }),
    );
    const { nodes, endpoint: found, known } = new TargetCache().find(all, 'hello');
    expect(ids(nodes)).toEqual(['a']);
    expect(found).toEqual(endpoint('hello'));
    expect(known).toBe(true);
  });

  test('are the very list of the service when all of it will do, for every handler', () => {
    const all = list(node('a'), node('b'));
    const cache = new TargetCache();
    expect(cache.find(all, 'hello').nodes).toBe(all);
    expect(cache.find(all, 'hello', { version: '^1' }).nodes).toBe(all);
  });

  test('include nodes of which nobody knows what they can do, as unary and safe for nothing', () => {
    const targets = new TargetCache().find(list(node('a', { endpoints: [] })), 'anything');
    expect(ids(targets.nodes)).toEqual(['a']);
    expect(targets.endpoint).toEqual(endpoint('anything'));
    expect(targets.known).toBe(true);
  });

  test('are described by a node that tells its handlers, wherever it stands', () => {
    const told = endpoint('hello', { kind: 'server-stream', idempotent: true, readOnly: true });
    const all = list(node('a', { endpoints: [] }), node('b', { endpoints: [told] }));
    const targets = new TargetCache().find(all, 'hello');
    expect(ids(targets.nodes)).toEqual(['a', 'b']);
    expect(targets.endpoint).toBe(told);
  });

  test('are none, and unknown, when every node tells its handlers and has another', () => {
    const all = list(node('a'), node('b'));
    const targets = new TargetCache().find(all, 'helo');
    expect(targets).toMatchObject({ nodes: [], known: false });
    expect(targets.endpoint).toBeUndefined();
    expect(unknownHandler('greeter', 'helo', all).message).toContain("It has 'hello'.");
  });

  test('are none, but known, when only the criteria are in the way', () => {
    expect(new TargetCache().find(list(node('a')), 'hello', { zone: 'eu' })).toMatchObject({ nodes: [], known: true });
  });

  test('satisfy the criteria, and are described by one that does', () => {
    const newer = endpoint('hello', { idempotent: true });
    const all = list(
      node('a'),
      node('b', { version: '2.0.0', endpoints: [newer] }),
      node('c', { version: '2.1.0', zone: 'eu' }),
    );
    const cache = new TargetCache();
    expect(ids(cache.find(all, 'hello', { version: '^2' }).nodes)).toEqual(['b', 'c']);
    expect(cache.find(all, 'hello', { version: '^2' }).endpoint).toBe(newer);
    expect(ids(cache.find(all, 'hello', { version: '^2', zone: 'eu' }).nodes)).toEqual(['c']);
    expect(ids(cache.find(all, 'hello', { node: 'a' }).nodes)).toEqual(['a']);
    expect(ids(cache.find(all, 'hello').nodes)).toEqual(['a', 'b', 'c']);
  });

  test('are accepted by every filter, each asked once until the list changes', () => {
    const asked: string[] = [];
    class NotB extends NodeFilter {
      override accepts({ id }: NodeRecord, call: { service: string; handler: string }): boolean {
        asked.push(`${call.service}.${call.handler} ${id}`);
        return id !== 'b';
      }
    }
    class Throws extends NodeFilter {
      override accepts({ id }: NodeRecord): boolean {
        if (id === 'c') throw new Error('no');
        return true;
      }
    }
    const cache = new TargetCache([new NotB(), new Throws()]);
    const all = list(node('a'), node('b'), node('c'), node('d'));
    for (let call = 0; call < 3; call++) expect(ids(cache.find(all, 'hello').nodes)).toEqual(['a', 'd']);
    expect(asked).toEqual(['a', 'b', 'c', 'd'].map((id) => `greeter.hello ${id}`));
    cache.find(list(...all), 'hello');
    expect(asked).toHaveLength(8);
  });
});

describe('what was found', () => {
  const all = list(node('a'), node('b', { version: '2.0.0' }));

  /** How often criteria that ask with it were judged. */
  function counting(): { where: (node: NodeRecord) => boolean; judged: () => number } {
    let count = 0;
    return { where: () => (count++, true), judged: () => count };
  }

  test('is kept until the list changes', () => {
    const cache = new TargetCache();
    const before = cache.find(all, 'hello');
    expect(cache.find(all, 'hello')).toBe(before);
    const changed = list(...all, node('c'));
    expect(ids(cache.find(changed, 'hello').nodes)).toEqual(['a', 'b', 'c']);
    expect(cache.find(changed, 'hello')).not.toBe(before);
  });

  test('is kept for criteria that are the same, and for those that ask for the same', () => {
    const cache = new TargetCache();
    const { where, judged } = counting();
    const criteria: NodeCriteria = { version: '*', labels: {}, where };
    const found = cache.find(all, 'hello', criteria);
    expect(cache.find(all, 'hello', criteria)).toBe(found);
    expect(cache.find(all, 'hello', { where, version: '*' })).toBe(found);
    expect(judged()).toBe(2);
    expect(cache.find(all, 'hello', { where, version: '^2' })).not.toBe(found);
    expect(cache.find(all, 'hello', { where: () => true, version: '*' })).not.toBe(found);
    cache.find(list(...all), 'hello', criteria);
    expect(judged()).toBe(5);
  });

  test('is told apart by each criterion, and by where one ends and the next begins', () => {
    const cache = new TargetCache();
    const where = (): boolean => true;
    const different: NodeCriteria[] = [
      { version: 'a' },
      { node: 'a' },
      { zone: 'a' },
      { labels: { a: 'a' } },
      { labels: { a: 'a', b: 'b' } },
      { labels: { a: 'a","b' } },
      { node: 'a', zone: 'a' },
      { node: 'null' },
      { where },
      { where: () => true },
    ];
    const found = different.map((criteria) => cache.find(all, 'hello', criteria));
    expect(new Set(found).size).toBe(different.length);
    expect(cache.find(all, 'hello', { labels: { b: 'b', a: 'a' } })).toBe(found[4]);
  });

  test('is forgotten for the oldest of too many criteria that are made anew for each call', () => {
    const cache = new TargetCache();
    const { where, judged } = counting();
    const call = (label: number): void =>
      void cache.find(all, 'hello', { labels: {}, where, version: `>=0.0.${label}` });
    call(0);
    const once = judged();
    call(0);
    expect(judged()).toBe(once);
    for (let label = 1; label <= 100; label++) call(label);
    const before = judged();
    call(0);
    expect(judged()).toBe(before + once);
    call(100);
    expect(judged()).toBe(before + once);
  });

  test('is forgotten for the oldest of too many handlers', () => {
    const cache = new TargetCache();
    const first = cache.find(all, 'hello');
    for (let handler = 0; handler < 1_000; handler++) cache.find(all, `guess-${handler}`);
    expect(cache.find(all, 'hello')).not.toBe(first);
    expect(cache.find(all, 'hello')).toEqual({ ...first, explain: expect.any(Function) as () => string });
  });

  test('remembers a node for when none is left', () => {
    const cache = new TargetCache();
    cache.find(all, 'hello');
    expect(cache.find(list(), 'hello')).toMatchObject({ nodes: [], known: false });
    expect(cache.lastSeen).toBe(all[0]);
  });
});
