import { styleText } from 'node:util';

const colourful = process.stdout.isTTY && !process.env['NO_COLOR'];

export type Style = 'bold' | 'dim' | 'cyan' | 'yellow' | 'magenta' | 'green' | 'red';

/** Plain where it is piped. */
export function paint(style: Style, text: string): string {
  return colourful ? styleText(style, text) : text;
}

export function say(line = ''): void {
  process.stdout.write(line === '' ? '\n' : `  ${line}\n`);
}

/** Rows below each other; of each column all cells but the last are as wide as the widest. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}
