import type { Card, Row } from './portrait.js';

/** Lengths in the units of the picture, which are pixels at its natural size. The style sheet has the same sizes of text. */
export const sizes = {
  head: 38,
  row: 26,
  /** A handler or a subscription, below its service. */
  inner: 21,
  /** Between the last row and the end of the card; for a card without rows none. */
  foot: 8,
  /** The line that a folded card has in place of its rows. */
  summary: 24,
  /** At the right of a card, for the arrows between its own rows. */
  gutter: 30,
  minWidth: 190,
  maxWidth: 400,
} as const;

// Names are set in a monospaced font, whose characters are 0.6 as wide as it is high; the rest is narrower.
const nameWidth = 7.6;
const noteWidth = 6.1;
const titleWidth = 8.1;

export function isInner({ owner }: Row): boolean {
  return owner !== undefined;
}

export function rowHeight(row: Row): number {
  return isInner(row) ? sizes.inner : sizes.row;
}

/** Heights of a card with its rows, and folded. */
export function cardHeights({ rows }: Card): { full: number; brief: number } {
  if (rows.length === 0) return { full: sizes.head, brief: sizes.head };
  const full = rows.reduce((sum, row) => sum + rowHeight(row), sizes.head + sizes.foot);
  return { full, brief: sizes.head + sizes.summary };
}

/** How wide a card would like to be. */
export function cardWidth({ name, note, rows }: Card, hasGutter: boolean): number {
  const widths = rows.map(
    (row) => (isInner(row) ? 52 : 40) + row.name.length * nameWidth + (row.note ? 16 + row.note.length * noteWidth : 0),
  );
  const title = 46 + name.length * titleWidth + (note ? 16 + note.length * noteWidth : 0);
  const wanted = Math.max(title, ...widths) + (hasGutter ? sizes.gutter : 12);
  return Math.round(Math.min(sizes.maxWidth, Math.max(sizes.minWidth, wanted)));
}

/** The name of a row or a card as far as there is room for it. */
export function fitted(
  name: string,
  width: number,
  note: string,
  options: { indent: number; title?: boolean },
): string {
  const room = width - options.indent - (note ? 16 + note.length * noteWidth : 0);
  const most = Math.max(6, Math.floor(room / (options.title ? titleWidth : nameWidth)));
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** What a folded card says. */
export function summaryOf({ kind, rows }: Card): string {
  const count = (number: number, one: string): string[] =>
    number === 0 ? [] : [`${number} ${one}${number === 1 ? '' : 's'}`];
  const services = rows.filter((row) => row.kind === 'service').length;
  const handlers = rows.filter((row) => row.kind === 'handler').length;
  const providers = rows.filter((row) => !isInner(row)).length - services;
  if (kind === 'skerry') return `${rows.length} building blocks`;
  if (kind === 'service') return count(handlers, 'handler').join('');
  return [...count(services, 'service'), ...count(providers, 'provider')].join(', ');
}
