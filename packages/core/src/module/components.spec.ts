import fc from 'fast-check';
import { components } from './components.js';

describe('components of a graph', () => {
  const graphs = fc
    .integer({ min: 0, max: 8 })
    .chain((size) =>
      fc.array(fc.uniqueArray(fc.nat({ max: Math.max(0, size - 1) })), { minLength: size, maxLength: size }),
    );

  test('hold each node once, with those that it reaches and that reach it, after what they lead to', () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const nodes = edges.map((_, index) => index);
        const groups = components(nodes, (node) => edges[node]!);
        expect(groups.flat().sort((a, b) => a - b)).toEqual(nodes);
        const groupOf = (node: number) => groups.findIndex((group) => group.includes(node));
        for (const from of nodes) {
          for (const to of nodes) {
            const [there, back] = [reaches(edges, from, to), reaches(edges, to, from)];
            if (from !== to) expect(groupOf(from) === groupOf(to)).toBe(there && back);
            if (there) expect(groupOf(to)).toBeLessThanOrEqual(groupOf(from));
          }
        }
      }),
    );
  });

  function reaches(edges: readonly (readonly number[])[], from: number, to: number): boolean {
    const seen = new Set(edges[from]);
    for (const each of seen) for (const next of edges[each]!) seen.add(next);
    return seen.has(to);
  }
});
