import type { Node } from '@babel/types';
import { moduleClass } from '../syntax/add-to-module.js';
import { bare } from '../syntax/decorated-classes.js';
import { walk } from '../syntax/declared-names.js';
import { spanOf, type SourceFile } from '../syntax/source-file.js';
import type { ServiceApp, Workspace } from './workspace.js';

/** What an application runs on, as its root module says it. */
export interface Engines {
  /** Import statements. */
  readonly imports: readonly string[];
  /** Elements of the list of imports of a module: `GrpcModule.forRoot()`, `...engines()`. */
  readonly entries: readonly string[];
  /** Packages that they come from. */
  readonly packages: readonly string[];
}

/**
 * The modules that the root module of an application imports from packages, without those of its own: whoever is to find it and to get
 * its events has to have the same.
 */
export function enginesOf(workspace: Workspace, { moduleFile, moduleName }: ServiceApp): Engines {
  const file = workspace.parse(moduleFile);
  const [argument] = moduleClass(file, moduleName).call.arguments;
  const metadata = argument && 'type' in argument && argument.type === 'ObjectExpression' ? argument : undefined;
  const imports = metadata?.properties.find(
    (each) => each.type === 'ObjectProperty' && each.key.type === 'Identifier' && each.key.name === 'imports',
  );
  const list = imports?.type === 'ObjectProperty' ? bare(imports.value as never) : undefined;
  const sources = importedNames(file);
  const entries: string[] = [];
  const used = new Set<string>();
  for (const element of list?.type === 'ArrayExpression' ? list.elements : []) {
    const names = element ? namesIn(element) : [];
    const foreign = names.every((name) => sources.get(name)?.startsWith('.') === false);
    if (!element || names.length === 0 || !foreign) continue;
    entries.push(file.source(spanOf(element)));
    for (const name of names) used.add(name);
  }
  const packages = new Map<string, string[]>();
  for (const name of used) {
    const from = sources.get(name)!;
    packages.set(from, [...(packages.get(from) ?? []), name]);
  }
  const statements = [...packages]
    .filter(([from]) => from !== '@skerry/core')
    .map(([from, names]) => `import { ${names.sort().join(', ')} } from '${from}';`);
  const fromCore = packages.get('@skerry/core') ?? [];
  return {
    imports: [...fromCore.map((name) => `import { ${name} } from '@skerry/core';`), ...statements],
    entries,
    packages: [...packages.keys()].filter((each) => each !== '@skerry/core'),
  };
}

/** Names that a file imports by that name, and where from. */
function importedNames({ statements }: SourceFile): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const each of statements) {
    if (each.type !== 'ImportDeclaration') continue;
    for (const specifier of each.specifiers) {
      const same =
        specifier.type === 'ImportSpecifier' &&
        specifier.imported.type === 'Identifier' &&
        specifier.imported.name === specifier.local.name;
      // Anything else is not worth being told apart: it is left out.
      names.set(specifier.local.name, same ? each.source.value : './');
    }
  }
  return names;
}

/** The names that stand for something outside of an expression; those of properties do not. */
function namesIn(element: Node): string[] {
  const names = new Set<string>();
  walk(element, (node) => {
    if (node.type === 'MemberExpression' && !node.computed) {
      for (const each of namesIn(node.object)) names.add(each);
      return false;
    }
    if (node.type === 'ObjectProperty' && !node.computed) {
      for (const each of namesIn(node.value)) names.add(each);
      return false;
    }
    if (node.type === 'Identifier' && node.name !== 'process' && node.name !== 'undefined') names.add(node.name);
    return true;
  });
  return [...names];
}
