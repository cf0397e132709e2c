import type { SourceFile, Span } from './source-file.js';

/** How a file is written, so that what is added looks like the rest of it. */
export interface TextStyle {
  readonly lineBreak: '\n' | '\r\n';
  /** One level of indentation. */
  readonly indent: string;
  readonly quote: "'" | '"';
  readonly semicolon: ';' | '';
}

export function styleOf({ text, statements }: Pick<SourceFile, 'text' | 'statements'>): TextStyle {
  const returns = text.split('\r\n').length - 1;
  const lines = text.split('\n').length - 1;
  const indent = /^(\t+| {2,8})\S/m.exec(withoutCommentBodies(text))?.[1] ?? '  ';
  const imported = statements.find((each) => each.type === 'ImportDeclaration');
  const raw = imported ? text.slice(imported.source.start ?? 0, imported.source.end ?? 0) : text;
  return {
    lineBreak: returns > lines / 2 ? '\r\n' : '\n',
    indent: indent.startsWith('\t') ? '\t' : indent,
    quote: /['"]/.exec(raw)?.[0] === '"' ? '"' : "'",
    semicolon: imported && text[(imported.end ?? 0) - 1] !== ';' ? '' : ';',
  };
}

/** The lines of a block comment are indented by one blank more. */
function withoutCommentBodies(text: string): string {
  return text.replace(/^[ \t]*\*.*$/gm, '');
}

/** The blanks that the line of a place begins with. */
export function indentOf(text: string, place: number): string {
  const start = text.lastIndexOf('\n', place - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))![0];
}

/** Text that is written with two blanks and `\n`, as the file writes it, each line but the first behind `indent`. */
export function restyled(text: string, { lineBreak, indent }: TextStyle, before = ''): string {
  return text
    .split('\n')
    .map((line, index) => {
      const body = line.replace(/^(?: {2})+/, (blanks) => indent.repeat(blanks.length / 2));
      return index === 0 || body === '' ? body : before + body;
    })
    .join(lineBreak);
}

/** Where what stands within `inside`, comments included, ends; its start where nothing does. */
export function contentEnd(text: string, inside: Span): number {
  return inside.start + text.slice(inside.start, inside.end).trimEnd().length;
}
