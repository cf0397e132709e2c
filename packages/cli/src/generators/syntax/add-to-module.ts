import type { Expression, ObjectExpression, ObjectProperty } from '@babel/types';
import { UsageError } from '../../usage-error.js';
import { appendToList } from './append-to-list.js';
import { bare, constantOf, decoratedClasses, type DecoratedClass } from './decorated-classes.js';
import { mentions } from './declared-names.js';
import { spanOf, type SourceFile } from './source-file.js';

export interface ModuleEntry {
  readonly list: 'imports' | 'providers';
  /** As it is written: `GrpcModule.forRoot()`. */
  readonly text: string;
  /** The name whose presence in the list says that it is there already, in whatever form: `GrpcModule`. */
  readonly name: string;
}

/**
 * The class with `@Module` that is meant: `wanted`, or else `AppModule`, or else the only one of the file. Throws a `UsageError` that names
 * those that are there.
 */
export function moduleClass(file: SourceFile, wanted?: string): DecoratedClass {
  const modules = decoratedClasses(file, 'Module');
  const found =
    wanted === undefined
      ? (modules.find(({ name }) => name === 'AppModule') ?? only(modules))
      : modules.find(({ name }) => name === wanted);
  if (found) return found;
  const there =
    modules.length > 0 ? `it has ${modules.map(({ name }) => name).join(', ')}` : 'no class of it has @Module';
  throw new UsageError(
    `Cannot find the module ${wanted ?? 'AppModule'} in ${file.path}: ${there}.`,
    wanted === undefined
      ? 'call the root module AppModule'
      : 'name the root module in package.json: "skerry": { "module": "dist/app.module.js#Name" }',
  );
}

/** Puts an entry into a list of a module, which gets one where it has none. The same file when it is there already. */
export function addToModule(file: SourceFile, entry: ModuleEntry, wanted?: string): SourceFile {
  const { name, node, call } = moduleClass(file, wanted);
  const [argument] = call.arguments;
  const added = `{ ${entry.list}: [${entry.text}] }`;
  if (!argument) {
    const close = spanOf(call).end - 1;
    return file.edited((edit) => edit.appendLeft(close, added));
  }
  const metadata = metadataOf(file, argument as Expression);
  if (!metadata) {
    const what = file.source(spanOf(argument));
    throw byHand(file, entry, `the argument of @Module of ${name} is ${what}`, spanOf(node).start);
  }
  const property = propertyOf(metadata, entry.list);
  if (property) return addToProperty(file, property, entry, name);
  if (metadata.properties.some((each) => each.type !== 'ObjectProperty')) {
    // Written behind it, a list would take the place of one that is spread.
    throw byHand(file, entry, `what ${name} has in ${entry.list} comes from elsewhere`, spanOf(metadata).start);
  }
  const { start, end } = spanOf(metadata);
  const list = { inside: { start: start + 1, end: end - 1 }, elements: metadata.properties.map(spanOf), spaced: true };
  return file.edited((edit) => appendToList(edit, file, list, `${entry.list}: [${entry.text}]`));
}

function addToProperty(file: SourceFile, property: ObjectProperty, entry: ModuleEntry, module: string): SourceFile {
  if (mentionsDeeply(file, property.value as Expression, entry.name)) return file;
  const value = bare(property.value as Expression);
  const { start, end } = spanOf(value);
  if (value.type === 'ArrayExpression') {
    const elements = value.elements.flatMap((each) => (each ? [spanOf(each)] : []));
    return file.edited((edit) =>
      appendToList(edit, file, { inside: { start: start + 1, end: end - 1 }, elements }, entry.text),
    );
  }
  if (value.type === 'ObjectExpression' || value.type === 'StringLiteral') {
    throw byHand(file, entry, `${entry.list} of ${module} is no list`, start);
  }
  const simple = ['Identifier', 'CallExpression', 'MemberExpression'].includes(value.type);
  const spread = simple ? `...${file.source({ start, end })}` : `...(${file.source({ start, end })})`;
  const whole = spanOf(property.value);
  const list = `[${spread}, ${entry.text}]`;
  return file.edited((edit) =>
    edit.update(whole.start, whole.end, property.shorthand ? `${entry.list}: ${list}` : list),
  );
}

/** Also where the list is a constant of the file, or has one spread in it. */
function mentionsDeeply(file: SourceFile, value: Expression, name: string, seen = new Set<string>()): boolean {
  if (mentions(value, name)) return true;
  const inner = bare(value);
  const parts =
    inner.type === 'ArrayExpression'
      ? inner.elements.map((each) => (each?.type === 'SpreadElement' ? each.argument : each))
      : [inner];
  return parts.some((part) => {
    if (part?.type !== 'Identifier' || seen.has(part.name)) return false;
    const constant = constantOf(file, part.name);
    return constant !== undefined && mentionsDeeply(file, constant, name, seen.add(part.name));
  });
}

function metadataOf(file: SourceFile, argument: Expression): ObjectExpression | undefined {
  const value = bare(argument);
  if (value.type === 'ObjectExpression') return value;
  const constant = value.type === 'Identifier' ? constantOf(file, value.name) : undefined;
  return constant?.type === 'ObjectExpression' ? constant : undefined;
}

function propertyOf({ properties }: ObjectExpression, name: string): ObjectProperty | undefined {
  // The last one counts.
  return properties.findLast((each): each is ObjectProperty => {
    if (each.type !== 'ObjectProperty' || each.computed) return false;
    const { key } = each;
    return key.type === 'Identifier' ? key.name === name : key.type === 'StringLiteral' && key.value === name;
  });
}

function byHand(file: SourceFile, { list, text }: ModuleEntry, why: string, start: number): UsageError {
  return new UsageError(
    `Cannot add ${text} to ${list} at ${file.at({ start, end: start })}: ${why}.`,
    `add it there by hand: ${list}: [${text}]; nothing was changed`,
  );
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}
