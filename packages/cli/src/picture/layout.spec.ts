import { largePortrait, smallPortrait } from '../fixtures/portraits.js';
import { layOut, type Layout } from './layout.js';

const ways = ['full', 'brief'] as const;

/** What stands in a column, from the top. */
function spans(layout: Layout, column: number, way: (typeof ways)[number]): { top: number; bottom: number }[] {
  const placed = [...layout.cards.values()].filter((card) => card.column === column);
  return placed
    .map(({ top, height }) => ({ top: top[way], bottom: top[way] + height[way] }))
    .sort((a, b) => a.top - b.top);
}

test.each(ways)('no two cards overlap, and columns neither (%s)', (way) => {
  const layout = layOut(largePortrait(20));
  layout.columns.forEach((column, index) => {
    const next = layout.columns[index + 1];
    if (next) expect(next.left).toBeGreaterThan(column.right);
    const all = spans(layout, index, way);
    all.slice(1).forEach(({ top }, before) => expect(top).toBeGreaterThan(all[before]!.bottom));
  });
  expect(layout.columns.length).toBeGreaterThan(3);
});

test.each(ways)('arrows over several columns pass between the cards there (%s)', (way) => {
  const layout = layOut(largePortrait(20));
  expect(layout.routes.size).toBeGreaterThan(5);
  for (const [pair, route] of layout.routes) {
    const [from = 0, to = 0] = pair.split('\n').map((id) => layout.cards.get(id)!.column);
    expect(route[way]).toHaveLength(Math.abs(to - from) - 1);
    route[way].forEach((y, index) => {
      const column = from + Math.sign(to - from) * (index + 1);
      for (const { top, bottom } of spans(layout, column, way)) expect(y < top || y > bottom).toBe(true);
    });
  }
});

test('who needs stands left of what is needed, and what all use at the right', () => {
  const { cards, columns } = layOut(smallPortrait());
  const column = (id: string): number => cards.get(id)!.column;
  expect(column('topic payments.taken')).toBeLessThan(column('module OrdersModule'));
  expect(column('module OrdersModule')).toBeLessThan(column('module StockModule'));
  expect(column('skerry')).toBe(columns.length - 1);
});

test('modules that are aside take no more room than folded ones', () => {
  const portrait = largePortrait(4);
  const aside = layOut({ ...portrait, cards: portrait.cards.map((card) => ({ ...card, aside: true })) });
  for (const { top, height } of aside.cards.values()) {
    expect(top.full).toBe(top.brief);
    expect(height.full).toBeGreaterThan(height.brief);
  }
});

test('an application without anything, and a circle of modules, have a place too', () => {
  expect(layOut({ title: '', applications: [], cards: [], arrows: [] }).columns).toEqual([]);
  const card = { kind: 'module', note: '', rows: [], facts: [] } as const;
  const circle = layOut({
    ...{ title: '', applications: [] },
    cards: ['a', 'b', 'c'].map((id) => ({ ...card, id, name: id })),
    arrows: ['ab', 'bc', 'ca', 'aa'].map((pair) => ({ from: pair[0]!, to: pair[1]!, kind: 'imports' as const })),
  });
  expect(new Set([...circle.cards.values()].map(({ column }) => column)).size).toBe(3);
  expect(circle.routes.get('c\na')!.full).toHaveLength(1);
});
