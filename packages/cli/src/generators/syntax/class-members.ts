import type { ClassDeclaration, ClassMethod, Identifier, Node, TSParameterProperty } from '@babel/types';
import { UsageError } from '../../usage-error.js';
import { appendToList } from './append-to-list.js';
import { classesOf } from './decorated-classes.js';
import { spanOf, type SourceFile, type Span } from './source-file.js';
import { contentEnd, indentOf, restyled, styleOf } from './text-style.js';

/** A class of a file that is known to have it. */
export function classNamed(file: SourceFile, name: string): ClassDeclaration {
  const found = classesOf(file).find(({ id }) => id?.name === name);
  if (!found) throw new UsageError(`Cannot find the class ${name} in ${file.path}.`, 'name a class that is there');
  return found;
}

/** Members by name; what a constructor's parameters make of themselves included. */
export function membersOf(node: ClassDeclaration): ReadonlyMap<string, Node> {
  const members = new Map<string, Node>();
  for (const each of node.body.body) {
    if ('key' in each && each.key.type === 'Identifier' && !('computed' in each && each.computed))
      members.set(each.key.name, each);
  }
  for (const each of constructorOf(node)?.params ?? []) {
    if (each.type === 'TSParameterProperty') members.set(parameterName(each) ?? '', each);
  }
  return members;
}

/** Writes a member, its decorators included, at the end of a class. */
export function addMember(file: SourceFile, className: string, member: string): SourceFile {
  const node = classNamed(file, className);
  const style = styleOf(file);
  const outer = indentOf(file.text, spanOf(node).start);
  const body = spanOf(node.body);
  const inside = { start: body.start + 1, end: body.end - 1 };
  const end = contentEnd(file.text, inside);
  const text = outer + style.indent + restyled(member, style, outer + style.indent);
  const gap = end === inside.start ? style.lineBreak : style.lineBreak.repeat(2);
  const closing = file.text.slice(end, inside.end).includes('\n') ? '' : style.lineBreak + outer;
  return file.edited((edit) => {
    if (closing && end < inside.end) edit.remove(end, inside.end);
    edit.appendLeft(end, gap + text + closing);
  });
}

/**
 * Gives the constructor of a class another parameter; a class without one gets one, before its first method. Throws a `UsageError` for a class
 * whose parent may want arguments.
 */
export function addConstructorParameter(file: SourceFile, className: string, parameter: string): SourceFile {
  const node = classNamed(file, className);
  const constructor = constructorOf(node);
  if (constructor) {
    const { start, end } = spanOf(constructor);
    const open = file.code.indexOf('(', Math.max(start, spanOf(constructor.key).end));
    const last = constructor.params.at(-1);
    const close = file.code.indexOf(')', last ? spanOf(last).end : open);
    if (last?.type === 'RestElement' || close > end) {
      throw new UsageError(
        `Cannot add ${parameter} to ${className} at ${file.at({ start, end })}: its constructor takes any number of them.`,
        'add it by hand; nothing was changed',
      );
    }
    const list = {
      inside: { start: open + 1, end: close },
      elements: constructor.params.map(withDecorators),
      oneLineEach: true,
    };
    return file.edited((edit) => appendToList(edit, file, list, parameter));
  }
  if (node.superClass) {
    throw new UsageError(
      `Cannot add ${parameter} to ${className} at ${file.at(spanOf(node))}: it extends ${file.source(spanOf(node.superClass))}, whose constructor may want something.`,
      'write a constructor that calls super(...), and write the same again',
    );
  }
  const text = `constructor(${parameter}) {}`;
  const firstMethod = node.body.body.find((each) => each.type === 'ClassMethod' || each.type === 'TSDeclareMethod');
  if (!firstMethod) return addMember(file, className, text);
  const style = styleOf(file);
  const at = memberStart(file, firstMethod as ClassMethod);
  const indent = indentOf(file.text, at);
  return file.edited((edit) => edit.appendLeft(at, text + style.lineBreak.repeat(2) + indent));
}

/** With its decorators and the comment right above it. */
function memberStart({ text, comments }: SourceFile, member: ClassMethod): number {
  let start = Math.min(spanOf(member).start, ...(member.decorators ?? []).map((each) => spanOf(each).start));
  for (const { start: from, end } of [...comments].reverse()) {
    if (
      end <= start &&
      /^[ \t]*\r?\n?[ \t]*$/.test(text.slice(end, start)) &&
      text.slice(text.lastIndexOf('\n', from) + 1, from).trim() === ''
    )
      start = from;
  }
  return start;
}

/** The parser leaves the decorators of a parameter out of it. */
function withDecorators(parameter: ClassMethod['params'][number]): Span {
  const inner = parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter;
  const decorators = [parameter, inner].flatMap((each) => ('decorators' in each ? (each.decorators ?? []) : []));
  const { start, end } = spanOf(parameter);
  return { start: Math.min(start, ...decorators.map((each) => spanOf(each).start)), end };
}

export function constructorOf(node: ClassDeclaration): ClassMethod | undefined {
  return node.body.body.find((each): each is ClassMethod => each.type === 'ClassMethod' && each.kind === 'constructor');
}

export function parameterName(parameter: TSParameterProperty): string | undefined {
  const inner = parameter.parameter.type === 'AssignmentPattern' ? parameter.parameter.left : parameter.parameter;
  return inner.type === 'Identifier' ? (inner as Identifier).name : undefined;
}
