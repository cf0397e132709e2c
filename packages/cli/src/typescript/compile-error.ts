/** Where and why a file cannot be compiled. */
export interface Mistake {
  /** Absolute. */
  readonly path: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly reason: string;
  /** The lines around it, numbered, with a mark below; empty when they are not known. */
  readonly excerpt: string;
}

/** A file that cannot be compiled. Its stack is its message: where the compiler was when it found it says nothing. */
export class CompileError extends SyntaxError {
  constructor(readonly mistake: Mistake) {
    const { reason, excerpt } = mistake;
    super(`${placeOf(mistake, mistake.path)}  ${reason}${excerpt && `\n\n${excerpt}`}`);
    this.name = 'CompileError';
    this.stack = this.message;
  }
}

/** `src/greeter.service.ts:3:12` */
export function placeOf({ line, column }: Mistake, shownPath: string): string {
  return [shownPath, line, column].filter((part) => part !== undefined).join(':');
}

/**
 * The first mistake of those that swc tells, each a sentence and an excerpt:
 *
 *       x Expected ',', got 'numeric literal'
 *        ,-[/x/y.ts:3:1]
 *      2 |   async hello( {
 *      3 |     return 1;
 *        :            ^
 *        `----
 */
export function mistakeIn(path: string, told: string): Mistake {
  const [first = '', ...others] = told.split('\n').map((line) => line.trimEnd());
  const reason = first.replace(/^\s*[x×]\s+/, '') || 'it is no TypeScript';
  const end = others.findIndex((line) => /^\s*(`-|╰)/.test(line));
  const lines = others.slice(0, Math.max(end, 0)).filter((line) => /^\s*(\d+ [|│]|[:·])/.test(line));
  const excerpt = lines.join('\n');
  const mark = lines.findIndex((line) => /^\s*[:·]/.test(line));
  const number = /^\s*(\d+)/.exec(lines[mark - 1] ?? '')?.[1];
  if (number === undefined) return { path, reason, excerpt };
  const [margin = ''] = /^\s*[:·] /.exec(lines[mark]!) ?? [];
  return { path, reason, line: Number(number), column: lines[mark]!.slice(margin.length).search(/\S/) + 1, excerpt };
}
