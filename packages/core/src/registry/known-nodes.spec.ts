import { KnownNodes } from './known-nodes.js';
import type { NodeRecord } from './node-record.js';

const node = (id: string, change: Partial<NodeRecord> = {}): NodeRecord => ({
  service: 'echo',
  id,
  version: '1.0.0',
  addresses: {},
  weight: 10,
  metadata: {},
  endpoints: [],
  ttlMs: 1_000,
  epoch: 1,
  ...change,
});

describe('what is known of a service', () => {
  test('is a frozen array in the order of the ids, replaced by each change only', () => {
    const known = new KnownNodes();
    known.accept([node('b'), node('a')], 0);
    const { nodes } = known;
    expect(nodes.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(Object.isFrozen(nodes)).toBe(true);
    expect(known.accept([node('a'), node('b')], 10)).toBeUndefined();
    expect(known.nodes).toBe(nodes);
    expect(known.accept([node('a')], 20)).toEqual({ joined: [], updated: [], left: [node('b')] });
    expect(known.nodes).not.toBe(nodes);
  });

  test('keeps the record of a node that did not change', () => {
    const known = new KnownNodes();
    known.accept([node('a'), node('b')], 0);
    const [a] = known.nodes;
    const changed = node('b', { weight: 20, epoch: 2 });
    expect(known.accept([node('a'), changed], 10)).toEqual({ joined: [], updated: [changed], left: [] });
    expect(known.nodes[0]).toBe(a);
  });

  test('is kept for the time of grace where an engine that may have lost its data leaves it out', () => {
    const known = new KnownNodes(100);
    known.accept([node('a'), node('b'), node('c')], 0);
    const ids = (): string[] => known.nodes.map(({ id }) => id);
    expect(known.sureInMs(0)).toBe(Infinity);
    expect(known.accept([node('b', { epoch: 2 })], 50, 40)).toMatchObject({ updated: [{ id: 'b' }], left: [] });
    expect(ids()).toEqual(['a', 'b', 'c']);
    expect(known.sureInMs(60)).toBe(90);
    // One that is back is as any other from then on; one that the engine has shown since and leaves out is gone.
    expect(known.accept([node('a', { epoch: 2 })], 60, 40)).toMatchObject({ left: [{ id: 'b' }] });
    expect(known.accept([], 70, 40)).toMatchObject({ left: [{ id: 'a' }] });
    expect(ids()).toEqual(['c']);
    // However often the engine is lost meanwhile.
    expect(known.accept([], 149, 149)).toBeUndefined();
    expect(known.accept([], 150, 149)).toMatchObject({ left: [{ id: 'c' }] });
    expect(known.sureInMs(150)).toBe(Infinity);
  });

  test('is listed no sooner for a TTL that ran out of a node that is kept', () => {
    const known = new KnownNodes(100);
    known.accept([node('a')], 0);
    known.accept([], 5_000, 4_000);
    expect(known.unconfirmedInMs(5_000)).toBe(Infinity);
    expect(known.sureInMs(5_000)).toBe(100);
    known.clear();
    expect(known.sureInMs(5_000)).toBe(Infinity);
  });

  test('does not look into descriptions that two answers share: thousands of nodes have one', () => {
    const known = new KnownNodes();
    const endpoints = Object.defineProperty([], '0', {
      enumerable: true,
      get: () => {
        throw new Error('looked into');
      },
    });
    known.accept([node('a', { endpoints }), node('b', { endpoints })], 0);
    expect(known.accept([node('a', { endpoints }), node('b', { endpoints })], 10)).toBeUndefined();
    expect(known.accept([node('a', { endpoints }), node('b', { endpoints, epoch: 2 })], 20)?.updated).toHaveLength(1);
  });

  test('keeps a higher epoch over an old answer, until its TTL passes with nothing to confirm it', () => {
    const known = new KnownNodes();
    const high = node('a', { epoch: 3, weight: 30 });
    const low = node('a', { epoch: 2, weight: 20 });
    known.accept([high], 0);
    expect(known.accept([low], 999)).toBeUndefined();
    expect(known.nodes).toEqual([high]);
    expect(known.unconfirmedInMs(999)).toBe(1);
    expect(known.accept([low], 1_000)?.updated).toEqual([low]);
  });

  test('counts the TTL of a higher epoch from its last confirmation', () => {
    const known = new KnownNodes();
    const high = node('a', { epoch: 3 });
    const low = node('a', { epoch: 2 });
    known.accept([high], 0);
    known.accept([high], 900);
    expect(known.accept([low], 1_800)).toBeUndefined();
    expect(known.accept([low], 1_900)?.updated).toEqual([low]);
  });

  test('knows when the next node needs to be confirmed', () => {
    const known = new KnownNodes();
    expect(known.unconfirmedInMs(0)).toBe(Infinity);
    known.accept([node('a', { ttlMs: 5_000 }), node('b', { ttlMs: 2_000 })], 0);
    expect(known.unconfirmedInMs(500)).toBe(1_500);
  });

  test('can be given up', () => {
    const known = new KnownNodes();
    known.accept([node('a')], 0);
    expect(known.clear()?.left).toEqual([node('a')]);
    expect(known.nodes).toEqual([]);
    expect(known.clear()).toBeUndefined();
  });
});
