import type { ImportDeclaration, ImportSpecifier, Statement } from '@babel/types';
import { UsageError } from '../../usage-error.js';
import { appendToList } from './append-to-list.js';
import { declaredNames } from './declared-names.js';
import { spanOf, type SourceFile } from './source-file.js';
import { styleOf } from './text-style.js';

export interface Wanted {
  readonly name: string;
  /** `@skerry/core`, or `./orders.service.js`. */
  readonly from: string;
  /** Only its type is used: the import is erased. Default `false`. */
  readonly type?: boolean;
}

export interface Imported {
  readonly file: SourceFile;
  /** What the file calls it, which is another name where it was imported `as` one. */
  readonly local: string;
}

/** Makes a file import something, unless it does already. Throws a `UsageError` where the name means something else in the file. */
export function addImport(file: SourceFile, wanted: Wanted): Imported {
  const { name, from, type = false } = wanted;
  const imports = file.statements.filter((each) => each.type === 'ImportDeclaration');
  const same = imports.filter(({ source }) => source.value === from);
  for (const declaration of same) {
    const found = declaration.specifiers.find((each) => isImportOf(each, name)) as ImportSpecifier | undefined;
    if (!found) continue;
    const erased = declaration.importKind === 'type' || found.importKind === 'type';
    return { file: erased && !type ? withValue(file, declaration, found) : file, local: found.local.name };
  }
  const taken = declaredNames(file).get(name);
  if (taken) {
    throw new UsageError(
      `Cannot import ${name} from ${from}: ${name} means something else already (${file.at(taken)}).`,
      'give that another name, and write the same again',
    );
  }
  const listed = same.filter((each) => takesNames(file, each));
  const value = listed.find(({ importKind }) => importKind !== 'type');
  const erased = listed.find(({ importKind }) => importKind === 'type');
  const into = type ? (erased ?? value) : value;
  if (into)
    return { file: withName(file, into, type && into.importKind !== 'type' ? `type ${name}` : name), local: name };
  return { file: withStatement(file, imports, wanted), local: name };
}

/** What a file calls something that it imports already. */
export function localName(file: SourceFile, name: string, from: string): string | undefined {
  for (const each of file.statements) {
    if (each.type !== 'ImportDeclaration' || each.source.value !== from) continue;
    const found = each.specifiers.find((specifier) => isImportOf(specifier, name));
    if (found) return found.local.name;
  }
  return undefined;
}

function isImportOf(specifier: ImportDeclaration['specifiers'][number], name: string): boolean {
  if (specifier.type !== 'ImportSpecifier') return false;
  const { imported } = specifier;
  return (imported.type === 'Identifier' ? imported.name : imported.value) === name;
}

/** `import { a }`, `import a` and `import a, { b }`; not `import * as a`, `import 'a'` or `import type a`. */
function takesNames(file: SourceFile, { specifiers, importKind, start, source }: ImportDeclaration): boolean {
  const braces = file.code.slice(start ?? 0, source.start ?? 0).includes('{');
  if (specifiers.some((each) => each.type === 'ImportNamespaceSpecifier')) return false;
  return braces || (specifiers.length > 0 && importKind !== 'type');
}

function withName(file: SourceFile, declaration: ImportDeclaration, text: string): SourceFile {
  const { start, end } = spanOf(declaration);
  const before = spanOf(declaration.source).start;
  const open = file.code.slice(start, before).indexOf('{');
  return file.edited((edit) => {
    if (open < 0) {
      const [only] = declaration.specifiers;
      edit.appendLeft(only ? spanOf(only).end : end, `, { ${text} }`);
      return;
    }
    const inside = { start: start + open + 1, end: file.code.lastIndexOf('}', before) };
    const specifiers = declaration.specifiers.filter((each) => each.type === 'ImportSpecifier');
    const elements = specifiers.map(spanOf);
    const next = placeInOrder(specifiers, text);
    const [left, right] = next > 0 ? [elements[next - 1], elements[next]] : elements;
    const gap = left && right ? file.text.slice(left.end, right.start) : ', ';
    if (next >= 0 && /^,\s*$/.test(gap)) {
      edit.appendLeft(elements[next]!.start, text + gap);
      return;
    }
    appendToList(
      edit,
      file,
      { inside, elements, spaced: file.source(inside).startsWith(' ') || elements.length === 0 },
      text,
    );
  });
}

/** Among names that are in order, types behind values, the one that a new one comes before; -1 for none. */
function placeInOrder(specifiers: readonly ImportSpecifier[], text: string): number {
  const names = specifiers.map(({ local, importKind }) =>
    (importKind === 'type' ? `~${local.name}` : local.name).toLowerCase(),
  );
  const isSorted = names.every((name, index) => index === 0 || names[index - 1]! <= name);
  return isSorted ? names.findIndex((name) => name > text.replace(/^type /, '~').toLowerCase()) : -1;
}

/** `import type { A, B }` becomes `import { A, type B }`, as only one of them is needed when it runs. */
function withValue(file: SourceFile, declaration: ImportDeclaration, found: ImportSpecifier): SourceFile {
  return file.edited((edit) => {
    if (declaration.importKind !== 'type') {
      const { start } = spanOf(found);
      edit.remove(start, spanOf(found.imported).start);
      return;
    }
    const { start } = spanOf(declaration);
    const keyword = file.code.indexOf('type', start);
    edit.remove(keyword, keyword + 'type'.length + (/^\s/.test(file.text.slice(keyword + 4)) ? 1 : 0));
    for (const other of declaration.specifiers) if (other !== found) edit.appendLeft(spanOf(other).start, 'type ');
  });
}

function withStatement(file: SourceFile, imports: readonly ImportDeclaration[], wanted: Wanted): SourceFile {
  const { name, from, type = false } = wanted;
  const { quote, semicolon, lineBreak } = styleOf(file);
  const line = `import ${type ? 'type ' : ''}{ ${name} } from ${quote}${from}${quote}${semicolon}`;
  // Packages first, then files of one's own.
  const isOwn = ({ source }: ImportDeclaration): boolean => source.value.startsWith('.');
  const before = from.startsWith('.') ? imports.at(-1) : imports.filter((each) => !isOwn(each)).at(-1);
  return file.edited((edit) => {
    if (before) {
      edit.appendLeft(lineEnd(file, spanOf(before).end), lineBreak + line);
      return;
    }
    const [first] = file.statements;
    const at = first ? beginning(file, first) : file.text.length;
    if (first?.type === 'ImportDeclaration') edit.appendLeft(at, line + lineBreak);
    else
      edit.appendLeft(
        at,
        (at > 0 && !file.text.slice(0, at).endsWith('\n') ? lineBreak : '') +
          line +
          lineBreak +
          (first ? lineBreak : ''),
      );
  });
}

/** Behind a comment that stands on the same line. */
function lineEnd({ text, code, comments }: SourceFile, end: number): number {
  const stop = (text + '\n').indexOf('\n', end);
  const rest = code.slice(end, stop);
  const crossing = comments.some((each) => each.start < stop && each.start >= end && each.end > stop);
  return rest.trim() === '' && !crossing ? end + text.slice(end, stop).trimEnd().length : end;
}

/** Where a statement begins, with its decorators and the comment that stands right above it. */
function beginning(file: SourceFile, statement: Statement): number {
  const { text, comments } = file;
  let start = spanOf(statement).start;
  const declared =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
      ? statement.declaration
      : statement;
  if (declared?.type === 'ClassDeclaration')
    for (const each of declared.decorators ?? []) start = Math.min(start, spanOf(each).start);
  for (const { start: from, end: to } of [...comments].reverse()) {
    if (to > start || from < file.prologueEnd) continue;
    if (/^[ \t]*\r?\n?[ \t]*$/.test(text.slice(to, start))) start = from;
  }
  return start;
}
