import type { CallExpression, ClassDeclaration, Decorator, Expression, Node } from '@babel/types';
import { localName } from './add-import.js';
import { exported } from './declared-names.js';
import type { SourceFile } from './source-file.js';

const core = '@skerry/core';

/** A class of a file, and the call of one of Skerry's decorators on it. */
export interface DecoratedClass {
  readonly name: string;
  readonly node: ClassDeclaration;
  readonly call: CallExpression;
}

/** The classes at the top level of a file that have this decorator of Skerry's, whatever the file calls it. */
export function decoratedClasses(file: SourceFile, decorator: string): DecoratedClass[] {
  return classesOf(file).flatMap((node) => {
    const call = decoratorCall(file, node.decorators, decorator);
    return call && node.id ? [{ name: node.id.name, node, call }] : [];
  });
}

export function classesOf({ statements }: SourceFile): ClassDeclaration[] {
  return statements.map(exported).filter((each): each is ClassDeclaration => each?.type === 'ClassDeclaration');
}

export function decoratorCall(
  file: SourceFile,
  decorators: readonly Decorator[] | null | undefined,
  name: string,
): CallExpression | undefined {
  const local = localName(file, name, core) ?? name;
  for (const { expression } of decorators ?? []) {
    if (expression.type !== 'CallExpression') continue;
    const { callee } = expression;
    if (callee.type === 'Identifier' ? callee.name === local : nameOfProperty(callee) === name) return expression;
  }
  return undefined;
}

function nameOfProperty(callee: Node): string | undefined {
  const isPlain = callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier';
  return isPlain ? (callee.property as { name: string }).name : undefined;
}

/** An expression without parentheses and assertions of its type around it. */
export function bare(expression: Expression): Expression {
  switch (expression.type) {
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return bare(expression.expression);
    default:
      return expression;
  }
}

/** The value of a text that is written out, or of a constant of the file that is. */
export function textOf(file: SourceFile, node: Node | undefined): string | undefined {
  if (node?.type === 'StringLiteral') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  const value = node?.type === 'Identifier' ? constantOf(file, node.name) : undefined;
  return value && value.type !== 'Identifier' ? textOf(file, value) : undefined;
}

/** What a constant at the top level of the file is given. */
export function constantOf({ statements }: SourceFile, name: string): Expression | undefined {
  for (const each of statements) {
    const declared = exported(each);
    if (declared?.type !== 'VariableDeclaration' || declared.kind !== 'const') continue;
    const found = declared.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
    if (found?.init) return bare(found.init);
  }
  return undefined;
}
