import type { NodeRecord } from '../registry/node-record.js';
import { NodeFilter, type NodeCriteria } from '../selector/filter.js';
import { nodes } from '../selector/fixtures/nodes.js';
import { explainNoTarget } from './no-target.js';

class OnlyCanaries extends NodeFilter {
  override accepts({ metadata }: NodeRecord): boolean {
    return metadata['canary'] === 'yes';
  }
}

class Broken extends NodeFilter {
  override accepts(): boolean {
    throw new Error('no tenant');
  }
}

const three = nodes(3, (index) => ({
  version: ['1.4.0', '1.5.0', '1.4.0'][index]!,
  ...(index === 2 ? {} : { zone: 'us' }),
  metadata: (index === 0 ? { tier: 'silver' } : {}) as Record<string, string>,
  endpoints: ['hello', ...(index === 0 ? ['bye'] : [])].map((name) => ({
    ...{ name, kind: 'unary' as const, idempotent: false, readOnly: false },
  })),
}));

function explain(
  criteria?: NodeCriteria,
  handler = 'hello',
  filters: NodeFilter[] = [],
  all = three,
): string | undefined {
  return explainNoTarget(handler, all, criteria, filters);
}

describe('why no node will do', () => {
  test.each<[NodeCriteria, string]>([
    [{ version: '^2' }, 'echo has 3 nodes, none satisfies version ^2 (they have 1.4.0, 1.5.0)'],
    [{ zone: 'eu' }, 'echo has 3 nodes, none satisfies zone eu (they have no zone, us)'],
    [{ labels: { tier: 'gold' } }, 'echo has 3 nodes, none satisfies label tier=gold (they have no tier, silver)'],
    [
      { labels: { constructor: 'x' } },
      'echo has 3 nodes, none satisfies label constructor=x (they have no constructor)',
    ],
    [{ node: 'x' }, 'echo has 3 nodes, none satisfies id x (they have echo-00000, echo-00001, echo-00002)'],
    [{ where: () => false }, 'echo has 3 nodes, none satisfies `where`'],
    [
      { zone: 'eu', version: '^2' },
      'echo has 3 nodes, none satisfies zone eu (they have no zone, us), and none version ^2 (they have 1.4.0, 1.5.0)',
    ],
    [
      { version: '1.5.0', labels: { tier: 'silver' }, zone: 'us' },
      'echo has 3 nodes, none satisfies all of zone us (2 do), label tier=silver (1 does), version 1.5.0 (1 does)',
    ],
  ])('says what %j asks for, and what there is', (criteria, text) => {
    expect(explain(criteria)).toBe(text);
  });

  test('says what `where` threw, and at which node', () => {
    const where = ({ zone }: NodeRecord): boolean => zone!.startsWith('eu');
    expect(explain({ where })).toMatch(/none satisfies `where`, which threw for echo-00002: Cannot read/);
  });

  test('counts only nodes that have the handler', () => {
    expect(explain({ version: '^2' }, 'bye')).toBe(
      "echo has 3 nodes, 1 of them with 'bye', none satisfies version ^2 (they have 1.4.0)",
    );
    expect(explain({}, 'hullo')).toBe("echo has 3 nodes, none with the handler 'hullo'");
  });

  test('names the addresses where only another protocol is spoken', () => {
    const http = nodes(1, () => ({ addresses: { http: 'http://a' } }));
    expect(explain({}, 'hello', [], http)).toBe('echo has 1 node, none with an address for skerry (they have http)');
  });

  test('names the filter that refuses, and what it threw', () => {
    expect(explain({}, 'hello', [new OnlyCanaries()])).toBe(
      'echo has 3 nodes, none is accepted by the filter OnlyCanaries',
    );
    expect(explain({ zone: 'us' }, 'hello', [new OnlyCanaries()])).toBe(
      'echo has 3 nodes, none of the 2 that would do is accepted by the filter OnlyCanaries',
    );
    expect(explain({}, 'hello', [new Broken()])).toBe(
      'echo has 3 nodes, none is accepted by the filter Broken, which threw for echo-00000: no tenant',
    );
  });

  test('shows a few of many, and little of what is long', () => {
    const many = nodes(50, (index) => ({ version: `1.${index}.0-${'x'.repeat(80)}` }));
    const text = explain({ version: '^2' }, 'hello', [], many)!;
    expect(text).toContain(' and 45 more)');
    expect(text.length).toBeLessThan(450);
  });

  test('is nothing where one will do, or there are none', () => {
    expect(explain({ version: '^1' })).toBeUndefined();
    expect(explain({}, 'hello', [], nodes(0))).toBeUndefined();
  });
});
