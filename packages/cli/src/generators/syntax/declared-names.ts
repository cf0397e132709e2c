import type { Node, Statement } from '@babel/types';
import { spanOf, type SourceFile, type Span } from './source-file.js';

/** The names that the top level of a file gives a meaning to, and where. */
export function declaredNames({ statements }: SourceFile): ReadonlyMap<string, Span> {
  const names = new Map<string, Span>();
  const add = (id: Node | null | undefined): void => {
    if (id?.type === 'Identifier') names.set(id.name, spanOf(id));
  };
  for (const each of statements) {
    if (each.type === 'ImportDeclaration') for (const { local } of each.specifiers) add(local);
    const declared = exported(each);
    if (declared?.type === 'VariableDeclaration') for (const { id } of declared.declarations) add(id);
    else if (declared && 'id' in declared) add(declared.id);
  }
  return names;
}

/** The declaration that is behind `export`, or the statement itself. */
export function exported(statement: Statement): Node | undefined {
  if (statement.type !== 'ExportNamedDeclaration' && statement.type !== 'ExportDefaultDeclaration') return statement;
  return statement.declaration ?? undefined;
}

/** Calls `visit` for a node and all that are in it; what `visit` says `false` for is not gone into. */
export function walk(node: Node, visit: (node: Node) => unknown): void {
  if (visit(node) === false) return;
  for (const value of Object.values(node) as unknown[]) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(each)) walk(each, visit);
  }
}

/** Whether a name is used anywhere within a node. */
export function mentions(node: Node, name: string): boolean {
  let found = false;
  walk(node, (each) => {
    if (each.type === 'Identifier' && each.name === name) found = true;
    return !found;
  });
  return found;
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { type?: unknown }).type === 'string' &&
    'start' in value
  );
}
