import type { Column } from './layout.js';

/** One end of an arrow: a height within a column. */
export interface End {
  readonly column: Column;
  readonly y: number;
}

/** How arrows go, as the `d` of a path. */
export interface ArrowPaths {
  /**
   * From one card to another, past the cards of the columns between them.
   *
   * @param passed The columns on the way, with the height at which each is passed.
   */
  between(from: End, to: End, passed: readonly End[]): string;
  /** From one row of a card to another. */
  within(from: End, to: number): string;
}

/**
 * Gives the ways of arrows. The page gets this function as it is written here, to find the same ways when cards are folded: it must use
 * nothing that is not in it.
 *
 * @param gutter Width that a card keeps free for the arrows between its own rows.
 */
export function arrowPaths(gutter: number): ArrowPaths {
  interface Point {
    readonly x: number;
    readonly y: number;
  }
  const n = (value: number): string => String(Math.round(value * 10) / 10);
  const curve = (from: Point, to: Point): string => {
    const half = (from.x + to.x) / 2;
    return `C${n(half)} ${n(from.y)} ${n(half)} ${n(to.y)} ${n(to.x)} ${n(to.y)}`;
  };
  return {
    between(from, to, passed) {
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
      for (const { column, y } of passed) {
        const [enter, leave] = right ? [column.left - 8, column.right + 8] : [column.right + 8, column.left - 8];
        path += `${curve(at, { x: enter, y })}H${n(leave)}`;
        at = { x: leave, y };
      }
      return path + curve(at, end);
    },
    within({ column, y }, to) {
      const x = column.right - gutter + 4;
      const out = x + Math.min(gutter - 8, 12 + Math.abs(to - y) * 0.08) * 1.33;
      return `M${n(x)} ${n(y)}C${n(out)} ${n(y)} ${n(out)} ${n(to)} ${n(x)} ${n(to)}`;
    },
  };
}
