import * as dagre from '#dagre';
import type { Arrow, Card, Portrait } from './portrait.js';
import { cardHeights, cardWidth, rowHeight, sizes } from './sizes.js';

/** Where everything stands, in two ways: with all cards open but those that are aside, and with all folded. What is between, the page finds itself. */
export interface Layout {
  /** From left to right. */
  readonly columns: readonly Column[];
  readonly cards: ReadonlyMap<string, PlacedCard>;
  /** By `from\nto` of two cards that do not stand side by side: how far down an arrow passes each column between them. */
  readonly routes: ReadonlyMap<string, Both<readonly number[]>>;
}

export interface Column {
  readonly left: number;
  readonly right: number;
}

export interface PlacedCard {
  /** Index of its column, which it is as wide as. */
  readonly column: number;
  readonly top: Both<number>;
  readonly height: Both<number>;
  /** The middle of each of its rows, below its top. */
  readonly rows: ReadonlyMap<string, number>;
  /** Some of its rows are connected with each other. */
  readonly gutter: boolean;
}

export interface Both<T> {
  readonly full: T;
  readonly brief: T;
}

interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: Both<number>;
}

interface Placed {
  readonly centers: ReadonlyMap<string, Point>;
  /** By `from\nto`. */
  readonly points: ReadonlyMap<string, readonly Point[]>;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is used of dagre, whose own types name files in a way that Node's resolution does not find. */
interface LayeredGraph {
  setGraph(options: { rankdir: 'LR'; nodesep: number; edgesep: number; ranksep: number }): void;
  setDefaultEdgeLabel(label: () => object): void;
  setNode(id: string, size: { width: number; height: number }): void;
  setEdge(from: string, to: string, label: { weight: number }): void;
  /** Once it is laid out: the middle of the node. */
  node(id: string): Point;
  edge(from: string, to: string): { readonly points: readonly Point[] };
}

const library = dagre as unknown as { Graph: new () => LayeredGraph; layout(graph: LayeredGraph): void };

const gap = 96;

/** Cards in columns, who needs left of what is needed, with as few crossings as the algorithm of dagre finds. */
export function layOut({ cards, arrows }: Portrait): Layout {
  const cardOf = new Map(
    cards.flatMap(({ id, rows }) => [[id, id], ...rows.map((row) => [row.id, id])] as [string, string][]),
  );
  const shown = arrows.filter(({ kind }) => kind !== 'block');
  const gutters = new Set(
    shown.filter(({ from, to }) => cardOf.get(from) === cardOf.get(to)).map(({ from }) => cardOf.get(from)!),
  );
  const all = cards.map((card) => ({
    card,
    box: { id: card.id, width: cardWidth(card, gutters.has(card.id)), height: laidOutHeights(card) },
  }));
  const boxes = all.filter(({ card }) => card.kind !== 'skerry').map(({ box }) => box);
  const pairs = pairsOf(shown, cardOf);
  const full = arrange(boxes, pairs, ({ height }) => height.full);
  const brief = arrange(boxes, pairs, ({ height }) => height.brief);
  const { columns, columnOf } = columnsOf(boxes, full);
  const tops = (id: string, height: Both<number>): Both<number> => ({
    full: full.centers.get(id)!.y - height.full / 2,
    brief: brief.centers.get(id)!.y - height.brief / 2,
  });

  // What all use stands apart, at the right: its arrows are not shown until somebody asks.
  const last = all.filter(({ card }) => card.kind === 'skerry');
  const lastTops = stacked(last.map(({ box }) => box));
  if (last.length > 0) {
    const left = (columns.at(-1)?.right ?? -gap) + gap;
    columns.push({ left, right: left + Math.max(...last.map(({ box }) => box.width)) });
  }
  const placed = all.map(({ card, box: { id, height } }): [string, PlacedCard] => {
    let below = sizes.head;
    const rows = new Map(
      card.rows.map((row) => {
        const middle = below + rowHeight(row) / 2;
        below += rowHeight(row);
        return [row.id, middle];
      }),
    );
    const column = columnOf.get(id) ?? columns.length - 1;
    const top = lastTops.get(id) ?? tops(id, height);
    return [id, { column, top, height: cardHeights(card), rows, gutter: gutters.has(id) }];
  });
  return { columns, cards: new Map(placed), routes: routesOf(pairs, columns, columnOf, { full, brief }) };
}

function laidOutHeights(card: Card): Both<number> {
  const height = cardHeights(card);
  return card.aside ? { full: height.brief, brief: height.brief } : height;
}

/** How many arrows go from one card to another. */
function pairsOf(arrows: readonly Arrow[], cardOf: ReadonlyMap<string, string>): ReadonlyMap<string, number> {
  const pairs = new Map<string, number>();
  for (const { from, to, kind } of arrows) {
    const [a, b] = [cardOf.get(from)!, cardOf.get(to)!];
    if (a !== b) pairs.set(`${a}\n${b}`, (pairs.get(`${a}\n${b}`) ?? 0) + (kind === 'imports' ? 1 : 3));
  }
  return pairs;
}

function arrange(boxes: readonly Box[], pairs: ReadonlyMap<string, number>, heightOf: (box: Box) => number): Placed {
  const graph = new library.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 28, edgesep: 14, ranksep: gap });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) graph.setNode(box.id, { width: box.width, height: heightOf(box) });
  for (const [pair, weight] of pairs) {
    const [from, to] = pair.split('\n') as [string, string];
    graph.setEdge(from, to, { weight });
  }
  library.layout(graph);
  const points = [...pairs.keys()].map((pair) => {
    const [from, to] = pair.split('\n') as [string, string];
    return [pair, graph.edge(from, to).points] as const;
  });
  const centers = boxes.map(({ id }) => [id, graph.node(id)] as const);
  return { centers: new Map(centers), points: new Map(points) };
}

/** Cards of one column have their middle in common, and become as wide as the widest. */
function columnsOf(boxes: readonly Box[], { centers }: Placed): { columns: Column[]; columnOf: Map<string, number> } {
  const middles = [...new Set(boxes.map(({ id }) => Math.round(centers.get(id)!.x)))].sort((a, b) => a - b);
  const columnOf = new Map(boxes.map(({ id }) => [id, middles.indexOf(Math.round(centers.get(id)!.x))] as const));
  const columns = middles.map((middle, index) => {
    const width = Math.max(...boxes.filter(({ id }) => columnOf.get(id) === index).map((box) => box.width));
    return { left: middle - width / 2, right: middle + width / 2 };
  });
  return { columns, columnOf };
}

function stacked(boxes: readonly Box[]): ReadonlyMap<string, Both<number>> {
  const next = { full: 0, brief: 0 };
  return new Map(
    boxes.map(({ id, height }) => {
      const top = { ...next };
      next.full += height.full + 28;
      next.brief += height.brief + 28;
      return [id, top];
    }),
  );
}

function routesOf(
  pairs: ReadonlyMap<string, number>,
  columns: readonly Column[],
  columnOf: ReadonlyMap<string, number>,
  { full, brief }: Both<Placed>,
): Layout['routes'] {
  const routes = new Map<string, Both<readonly number[]>>();
  for (const pair of pairs.keys()) {
    const [from = 0, to = 0] = pair.split('\n').map((id) => columnOf.get(id));
    const step = Math.sign(to - from);
    const between = Array.from(
      { length: Math.max(0, Math.abs(to - from) - 1) },
      (_, index) => from + step * (index + 1),
    );
    if (between.length === 0) continue;
    const heights = ({ points }: Placed): number[] =>
      between.map((each) => heightAt(points.get(pair)!, columns[each]!));
    routes.set(pair, { full: heights(full), brief: heights(brief) });
  }
  return routes;
}

/** Of the points that an arrow goes through, the one in that column. */
function heightAt(points: readonly Point[], { left, right }: Column): number {
  const middle = (left + right) / 2;
  return [...points].sort((a, b) => Math.abs(a.x - middle) - Math.abs(b.x - middle))[0]!.y;
}
