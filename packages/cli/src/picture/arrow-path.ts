import type { Column } from './layout.js';
import { sizes } from './sizes.js';

/** One end of an arrow: a height within a column. */
export interface End {
  readonly column: Column;
  readonly y: number;
}

/**
 * The way from one card to another, past the cards of the columns between them. The page finds it in the same way when cards
 * are folded: `pathBetween` of `assets/picture/page.js`.
 *
 * @param between The columns on the way, with the height at which each is passed.
 */
export function pathBetween(from: End, to: End, between: readonly End[]): string {
  const sameColumn = from.column === to.column;
  const right = to.column.left >= from.column.left;
  const start = { x: right ? from.column.right : from.column.left, y: from.y };
  const end = { x: sameColumn || !right ? to.column.right : to.column.left, y: to.y };
  if (sameColumn) {
    const out = start.x + 46;
    return `M${n(start.x)} ${n(start.y)}C${n(out)} ${n(start.y)} ${n(out)} ${n(end.y)} ${n(end.x)} ${n(end.y)}`;
  }
  let path = `M${n(start.x)} ${n(start.y)}`;
  let at = start;
  for (const { column, y } of between) {
    const [enter, leave] = right ? [column.left - 8, column.right + 8] : [column.right + 8, column.left - 8];
    path += `${curve(at, { x: enter, y })}H${n(leave)}`;
    at = { x: leave, y };
  }
  return path + curve(at, end);
}

/** The way from one row of a card to another. */
export function pathWithin({ column, y }: End, to: number): string {
  const x = column.right - sizes.gutter + 4;
  const out = x + Math.min(sizes.gutter - 8, 12 + Math.abs(to - y) * 0.08) * 1.33;
  return `M${n(x)} ${n(y)}C${n(out)} ${n(y)} ${n(out)} ${n(to)} ${n(x)} ${n(to)}`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function curve(from: Point, to: Point): string {
  const half = (from.x + to.x) / 2;
  return `C${n(half)} ${n(from.y)} ${n(half)} ${n(to.y)} ${n(to.x)} ${n(to.y)}`;
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
