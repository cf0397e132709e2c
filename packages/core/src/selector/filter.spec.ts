import fc from 'fast-check';
import type { NodeRecord } from '../registry/node-record.js';
import { checkCriteria, type NodeCriteria } from './filter.js';
import { nodes } from './fixtures/nodes.js';
import { requirementsOf } from './requirement.js';
import { versionRange } from './version-range.js';

const [node] = nodes(1) as [NodeRecord];

function satisfies(criteria: NodeCriteria, record: NodeRecord): boolean {
  return requirementsOf(criteria).every(({ fits }) => fits(record));
}

describe('criteria for nodes', () => {
  // Small, so that much of it meets.
  const number = fc.integer({ min: 0, max: 3 });
  const version = fc.tuple(number, number, number);
  const label = fc.constantFrom('tier', 'disk', '__proto__');
  const labels = fc.dictionary(label, fc.constantFrom('a', 'b', ''), { noNullPrototype: true });
  const zone = fc.constantFrom('eu', 'us');
  const record = fc.record({ version, labels, zone: fc.option(zone, { nil: undefined }) }).map((each): NodeRecord => ({
    ...node,
    version: each.version.join('.'),
    metadata: each.labels,
    ...(each.zone ? { zone: each.zone } : {}),
  }));

  const read = (text: string): number[] => text.split('.').map(Number);
  const order = (a: readonly number[], b: readonly number[]): number => {
    const at = a.findIndex((part, index) => part !== b[index]);
    return at < 0 ? 0 : a[at]! - b[at]!;
  };
  /** Ranges with what they mean, told without the library. */
  const range = fc.oneof(
    version.map((v) => ({ text: v.join('.'), holds: (x: number[]) => order(x, v) === 0 })),
    version.map((v) => ({ text: `>=${v.join('.')}`, holds: (x: number[]) => order(x, v) >= 0 })),
    version.map((v) => ({
      text: `~${v.join('.')}`,
      holds: (x: number[]) => order(x, v) >= 0 && x[0] === v[0] && x[1] === v[1],
    })),
    number.map((major) => ({ text: `${major}`, holds: (x: number[]) => x[0] === major })),
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), number, number)
      .map((v) => ({ text: `^${v.join('.')}`, holds: (x: number[]) => order(x, v) >= 0 && x[0] === v[0] })),
    fc.tuple(version, version).map(([from, to]) => ({
      text: `>${from.join('.')} <=${to.join('.')}`,
      holds: (x: number[]) => order(x, from) > 0 && order(x, to) <= 0,
    })),
    fc.constant({ text: '*', holds: () => true }),
  );

  test('are satisfied by the nodes that have all they ask for, and no others', () => {
    const wanted = fc.record(
      { range, labels, zone, id: fc.constantFrom(node.id, 'another'), where: fc.constantFrom('', '1', '2') },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(record, wanted, (each, { range: asked, labels: must, zone: at, id, where }) => {
        const criteria: NodeCriteria = {
          ...(asked ? { version: asked.text } : {}),
          ...(must ? { labels: must } : {}),
          ...(at ? { zone: at } : {}),
          ...(id ? { node: id } : {}),
          ...(where === undefined ? {} : { where: ({ version: text }: NodeRecord) => text.startsWith(where) }),
        };
        checkCriteria(criteria, 'try');
        let expected = true;
        if (asked && !asked.holds(read(each.version))) expected = false;
        for (const key of Object.keys(must ?? {})) {
          const own = Object.entries(each.metadata).find(([name]) => name === key)?.[1];
          if (own !== Object.entries(must!).find(([name]) => name === key)![1]) expected = false;
        }
        if (at && each.zone !== at) expected = false;
        if (id && each.id !== id) expected = false;
        if (where !== undefined && !each.version.startsWith(where)) expected = false;
        expect(satisfies(criteria, each)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['2.0.0-rc.1', '^2', false],
    ['2.0.0-rc.1', '>=2.0.0-rc.0', true],
    ['2.1.0-rc.1', '>=2.0.0-rc.0', false],
    ['1.5.0', '1.2 - 1.4 || >=1.5', true],
    ['1.4.9', '1.4.x', true],
    ['nightly', '*', false],
  ])('as npm does, %s satisfies %s: %p', (of, text, expected) => {
    expect(satisfies({ version: text }, { ...node, version: of })).toBe(expected);
  });

  test('without anything in them are satisfied by all', () => {
    expect(satisfies({}, node)).toBe(true);
    expect(satisfies({ labels: {}, version: undefined }, node)).toBe(true);
  });

  test('do not want a node that makes `where` throw', () => {
    const where = (each: NodeRecord): boolean => each.metadata['tags']!.includes('fast');
    expect(satisfies({ where }, node)).toBe(false);
    expect(satisfies({ where }, { ...node, metadata: { tags: 'fast,new' } })).toBe(true);
  });

  test.each<[unknown, string]>([
    [{ version: '^^2' }, "'^^2', which is no range; write it as npm does: '^2'"],
    [{ version: ' ' }, "' ', which is no range"],
    [{ version: 2 }, 'the version to call is 2'],
    [{ labels: { tier: 1 } }, "the label 'tier' to call is 1; labels are strings"],
    [{ labels: 'tier=gold' }, "the labels to call are 'tier=gold'"],
    [{ node: '' }, "the node to call is ''"],
    [{ zone: null }, 'the zone to call is null'],
    [{ where: 'version > 1' }, '`where` is'],
    [{ lables: {} }, "did you mean 'labels'?"],
    [{ somethingElse: 1 }, 'they are version, labels, node, zone, where'],
    ['^2', "the criteria for nodes are '^2'; give an object"],
    [null, 'the criteria for nodes are null'],
  ])('are refused when they are %j', (criteria, message) => {
    expect(() => checkCriteria(criteria as NodeCriteria, 'call greeter.hello')).toThrow(
      expect.objectContaining({
        code: 'SKERRY_OPTION_INVALID',
        message: expect.stringMatching(/^Cannot call greeter\.hello: /) as string,
      }) as Error,
    );
    expect(() => checkCriteria(criteria as NodeCriteria, 'call greeter.hello')).toThrow(message);
  });
});

test('ranges are read once, and few of them are kept', () => {
  const first = versionRange('^1.0.0');
  expect(versionRange('^1.0.0')).toBe(first);
  for (let minor = 0; minor < 200; minor++) versionRange(`^7.${minor}`);
  const again = versionRange('^1.0.0');
  expect(again).not.toBe(first);
  expect(again?.test('1.2.3')).toBe(true);
});
