import type { Output } from './terminal.js';

/** Lines that are drawn again in the same place, on a terminal that somebody looks at. */
export class LiveView {
  private drawn = 0;

  constructor(private readonly output: Output) {}

  /** In place of what was drawn before. What is wider than the terminal is cut off: a line that wraps could not be drawn over. */
  async draw(lines: readonly string[]): Promise<void> {
    const { columns } = this.output;
    const text = lines.map((line) => `${clear}${cut(line, columns - 1)}\n`).join('');
    const above = this.above();
    this.drawn = lines.length;
    await this.output.write(`${above}${text}${clearBelow}`);
  }

  /** Takes what was drawn away, so that something else can be written in its place. */
  async clear(): Promise<void> {
    const above = this.above();
    if (this.drawn === 0) return;
    this.drawn = 0;
    await this.output.write(`${above}${clearBelow}`);
  }

  private above(): string {
    return this.drawn > 0 ? `\u001b[${this.drawn}A` : '';
  }
}

const clear = '\r\u001b[2K';
const clearBelow = '\u001b[J';
// eslint-disable-next-line no-control-regex -- what colours are made of
const colour = /\u001b\[[0-9;]*m/y;

/** No more than so many characters, without counting colours. */
function cut(line: string, width: number): string {
  let [seen, at] = [0, 0];
  while (at < line.length && seen < width) {
    colour.lastIndex = at;
    const [code] = colour.exec(line) ?? [];
    if (code === undefined) seen++;
    at += code?.length ?? 1;
  }
  if (at >= line.length) return line;
  // What ends the colours behind it stays.
  return (
    line.slice(0, at) + [...line.slice(at).matchAll(new RegExp(colour.source, 'g'))].map(([code]) => code).join('')
  );
}
