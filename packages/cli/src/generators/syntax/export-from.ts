import type { ExportNamedDeclaration } from '@babel/types';
import { appendToList } from './append-to-list.js';
import { spanOf, type SourceFile } from './source-file.js';
import { contentEnd, styleOf } from './text-style.js';

/** Makes a file hand on what another one exports, in the way in which it does so already: by name, or all with `*`. */
export function exportFrom(file: SourceFile, from: string, names: readonly string[], type = false): SourceFile {
  const all = file.statements.filter((each) => each.type === 'ExportAllDeclaration');
  if (all.some(({ source }) => source.value === from)) return file;
  const named = file.statements.filter(
    (each): each is ExportNamedDeclaration => each.type === 'ExportNamedDeclaration' && each.source?.value === from,
  );
  const there = new Set(named.flatMap(({ specifiers }) => specifiers.map(exportedName)));
  const missing = names.filter((each) => !there.has(each));
  if (missing.length === 0) return file;
  const into = named.find(({ exportKind }) => (exportKind === 'type') === type);
  if (into?.source) {
    const { start } = spanOf(into);
    const open = file.code.indexOf('{', start);
    const inside = { start: open + 1, end: file.code.lastIndexOf('}', spanOf(into.source).start) };
    const list = { inside, elements: into.specifiers.map(spanOf), spaced: true };
    return missing.reduce(
      (edited, name, index) =>
        index === 0
          ? edited.edited((edit) => appendToList(edit, edited, list, name))
          : exportFrom(edited, from, [name], type),
      file,
    );
  }
  const { quote, semicolon } = styleOf(file);
  const what = all.length > 0 && named.length === 0 && !type ? '*' : `{ ${missing.join(', ')} }`;
  return appendStatement(file, `export ${type ? 'type ' : ''}${what} from ${quote}${from}${quote}${semicolon}`);
}

/** Writes something at the end of a file. */
export function appendStatement(file: SourceFile, text: string, blankLines = 0): SourceFile {
  const { lineBreak } = styleOf(file);
  const end = contentEnd(file.text, { start: 0, end: file.text.length });
  const gap = end === 0 ? '' : lineBreak.repeat(1 + blankLines);
  return file.edited((edit) => {
    const lines = gap + text.split('\n').join(lineBreak) + lineBreak;
    if (end < file.text.length) edit.remove(end, file.text.length);
    if (file.text.length === 0) edit.prepend(lines);
    else edit.appendLeft(end, lines);
  });
}

function exportedName(specifier: ExportNamedDeclaration['specifiers'][number]): string {
  const { exported } = specifier;
  return exported.type === 'Identifier' ? exported.name : exported.value;
}
