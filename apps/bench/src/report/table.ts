export interface Table {
  readonly title: string;
  /** The first is of names, which stand on the left; numbers stand on the right. */
  readonly columns: readonly string[];
  /** A row may be shorter than the columns: then its last cell is a remark. */
  readonly rows: readonly (readonly string[])[];
}

/** With aligned columns: as plain text, or as Markdown, which reads the same. */
export function formatTable({ title, columns, rows }: Table, markdown: boolean): string {
  const whole = rows.filter((row) => row.length === columns.length);
  const widths = columns.map((column, index) =>
    Math.max(...[column, ...whole.map((row) => row[index]!)].map(width), 3),
  );
  // The names of rows with a remark count as well.
  widths[0] = Math.max(widths[0]!, ...rows.map((row) => width(row[0]!)));
  const aligned = (cells: readonly string[]): string[] => {
    const remark = cells.length < columns.length ? cells.length - 1 : -1;
    return cells.map((cell, index) =>
      index === 0 || index === remark ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!),
    );
  };
  if (!markdown) {
    const lines = [columns, ...rows].map((cells) => `  ${aligned(cells).join('   ')}`.trimEnd());
    return [title, '', ...lines].join('\n');
  }
  const line = (cells: readonly string[]): string => {
    const missing = widths.slice(cells.length).map((each) => ' '.repeat(each));
    return `| ${[...aligned(cells), ...missing].join(' | ')} |`;
  };
  const rule = widths.map((each, index) => (index === 0 ? '-'.repeat(each) : `${'-'.repeat(each - 1)}:`));
  return [`**${title}**`, '', line(columns), line(rule), ...rows.map(line)].join('\n');
}

/** What is not known is a dash. */
export function number(value: number | undefined, digits = 0): string {
  return value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits);
}

function width(cell: string): number {
  return cell.length;
}
