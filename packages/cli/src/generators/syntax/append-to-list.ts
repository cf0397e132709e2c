import type { MagicString } from 'magic-string';
import type { SourceFile, Span } from './source-file.js';
import { contentEnd, indentOf, restyled, styleOf } from './text-style.js';

/** Something in brackets, with commas between: an array, an object, parameters, names that are imported. */
export interface List {
  /** Behind the opening bracket, up to the closing one. */
  readonly inside: Span;
  readonly elements: readonly Span[];
  /** A blank between the brackets and what is within, on one line: `{ a }`. */
  readonly spaced?: boolean;
  /** Whether the last one of many lines has a comma too, where the list does not say so itself. Default `true`. */
  readonly trailingComma?: boolean;
  /** Two and more of them get a line each. Default `false`: as many on one line as fit. */
  readonly oneLineEach?: boolean;
}

const widest = 100;

/**
 * Writes an element at the end of a list, in the list's own manner: behind the comments that are there, with a comma at its end where
 * the last one has had one. A single line that would be longer than 100 characters becomes one line for each element.
 */
export function appendToList(edit: MagicString, file: SourceFile, list: List, element: string): void {
  const { text, code } = file;
  const { inside, elements, spaced = false, trailingComma = true, oneLineEach = false } = list;
  const style = styleOf(file);
  const last = elements.at(-1);
  const end = contentEnd(text, inside);
  const manyLines = text.slice(end, inside.end).includes('\n');
  if (!last && end === inside.start) {
    const pad = spaced ? ' ' : '';
    edit.update(
      inside.start - 1,
      inside.end,
      text[inside.start - 1]! + pad + restyled(element, style, indentOf(text, inside.start)) + pad,
    );
    return;
  }
  const outer = indentOf(text, inside.end);
  if (manyLines) {
    const hasComma = last ? code.slice(last.end, inside.end).includes(',') : trailingComma;
    if (last && !hasComma) edit.appendLeft(last.end, ',');
    const deeper = last ? indentOf(text, last.start) : outer + style.indent;
    const line = restyled(element, style, deeper) + (hasComma ? ',' : '');
    edit.appendLeft(end, style.lineBreak + deeper + line);
    return;
  }
  const hasComma = !last || code.slice(last.end, inside.end).includes(',');
  const added = hasComma ? ` ${element}` : `, ${element}`;
  const lineStart = text.lastIndexOf('\n', inside.start) + 1;
  const lineEnd = (text + '\n').indexOf('\n', inside.end);
  const onOneLine = !text.slice(inside.start, inside.end).includes('\n');
  const hasComments = file.comments.some(({ start }) => start >= inside.start && start < inside.end);
  if (
    onOneLine &&
    !hasComments &&
    elements.length > 0 &&
    (oneLineEach || lineEnd - lineStart + added.length > widest)
  ) {
    const deeper = outer + style.indent;
    const lines = [...elements.map((each) => file.source(each)), restyled(element, style, deeper)];
    const comma = trailingComma ? ',' : '';
    const body = lines.map((each) => style.lineBreak + deeper + each).join(',') + comma;
    edit.update(inside.start, inside.end, body + style.lineBreak + outer);
    return;
  }
  edit.appendLeft(end, restyled(added, style, outer));
}
