import type { Colours } from './colours.js';
import { printableLine } from './printable.js';

export interface TableOptions {
  readonly colours: Colours;
  readonly head?: readonly string[];
  /** How each column's cells look; as they are where there is none. */
  readonly styles?: readonly ((text: string) => string)[];
  /** Stands before each line. Default: nothing. */
  readonly indent?: string;
}

/** Columns without borders, each as wide as what is in it: one line for each row, without blanks at its end. */
export async function table(rows: readonly (readonly string[])[], options: TableOptions): Promise<string[]> {
  const { colours, head = [], styles = [], indent = '' } = options;
  if (rows.length === 0) return [];
  const { default: Table } = await import('cli-table3');
  const none = Object.fromEntries(borders.map((name) => [name, '']));
  const drawing = new Table({
    head: head.map((title) => styled(title, colours.dim)),
    chars: { ...none, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  drawing.push(...rows.map((cells) => cells.map((cell, column) => styled(printableLine(cell), styles[column]))));
  return drawing
    .toString()
    .split('\n')
    .map((line) => `${indent}${line}`.trimEnd());
}

function styled(text: string, style: ((text: string) => string) | undefined): string {
  return style && text !== '' ? style(text) : text;
}

const borders = [
  ...['top', 'top-mid', 'top-left', 'top-right'],
  ...['bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
];
