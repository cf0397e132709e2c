import { printable } from '../terminal/printable.js';

/** Paragraphs as a comment that stands above something; nothing where there are none. They cannot end it. */
export function docComment(paragraphs: readonly string[], indent = ''): string[] {
  const lines = paragraphs
    .join('\n\n')
    .split('\n')
    .map((line) => printable(line).replaceAll('*/', '*\\/').trimEnd());
  if (paragraphs.length === 0) return [];
  if (lines.length === 1) return [`${indent}/** ${lines[0]} */`];
  return [`${indent}/**`, ...lines.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}`), `${indent} */`];
}
