import { addImport } from '../syntax/add-import.js';
import { constantOf } from '../syntax/decorated-classes.js';
import { declaredNames } from '../syntax/declared-names.js';
import { appendStatement, exportFrom } from '../syntax/export-from.js';
import { SourceFile } from '../syntax/source-file.js';
import { below, directoryOf, relativeImport } from '../tree/file-tree.js';
import { addDependencies } from './package-file.js';
import { versionOf } from './versions.js';
import type { Package, ServiceApp, Workspace } from './workspace.js';

/** A file for messages, and how the service's own file names it. */
export interface MessageFile {
  readonly path: string;
  /** What a file of the application imports from. */
  importedBy(file: string): string;
}

/** Something that is exported: a class, a topic. */
export interface Declaration {
  readonly name: string;
  /** As it is written, with two blanks and `\n`. */
  readonly text: string;
  /** What it takes from packages, by package. */
  readonly uses: Readonly<Record<string, readonly string[]>>;
}

/** Where messages are kept: in the library that services share, where there is one, else beside the service. */
export function messageFile(workspace: Workspace, beside: string, name: string): MessageFile {
  const library = workspace.contracts;
  if (!library?.manifest.name) {
    const path = below(directoryOf(beside), `${name}.messages.ts`);
    return { path, importedBy: (file) => relativeImport(file, path) };
  }
  const packageName = library.manifest.name;
  return { path: below(library.directory, `src/${name}.ts`), importedBy: () => packageName };
}

/** The first of some names that nothing exports where messages are kept. */
export function freeName(workspace: Workspace, { path }: MessageFile, names: readonly string[]): string {
  const library = workspace.contracts;
  const files = library ? workspace.sources(library) : [path];
  const taken = new Set(
    files.flatMap((file) =>
      workspace.tree.read(file) === undefined ? [] : [...declaredNames(workspace.parse(file)).keys()],
    ),
  );
  return names.find((name) => !taken.has(name)) ?? names.at(-1)!;
}

/** Writes declarations into a file of messages, hands them on, and lets the application depend on them. What is there stays as it is. */
export function addDeclarations(
  workspace: Workspace,
  app: ServiceApp,
  { path }: MessageFile,
  declarations: readonly Declaration[],
): void {
  const { tree, contracts: library } = workspace;
  let file = SourceFile.parse(path, tree.read(path) ?? '');
  // Decorators leave the types of what they decorate only where this is loaded before.
  if (file.statements.length === 0 && !declarations.some(({ uses }) => uses['@skerry/core'])) {
    file = appendStatement(file, `import '@skerry/core';`);
  }
  for (const { name, text, uses } of declarations) {
    if (declaredNames(file).has(name)) continue;
    for (const [from, names] of Object.entries(uses))
      for (const each of names) file = addImport(file, { name: each, from }).file;
    file = appendStatement(file, text, 1);
  }
  tree.write(path, file.text);
  const used = [...new Set(['@skerry/core', ...declarations.flatMap(({ uses }) => Object.keys(uses))])];
  const versions = Object.fromEntries(used.map((each) => [each, versionOf(workspace, each)]));
  if (!library?.manifest.name || !path.startsWith(`${library.directory}/`)) {
    addDependencies(tree, app.directory, versions);
    return;
  }
  addDependencies(tree, library.directory, versions);
  dependOn(workspace, app, library);
  const index = below(library.directory, 'src/index.ts');
  const names = declarations.map(({ name }) => name).sort();
  tree.write(
    index,
    exportFrom(SourceFile.parse(index, tree.read(index) ?? ''), relativeImport(index, path), names).text,
  );
}

/** Lets a package depend on another one of the workspace. */
export function dependOn(
  workspace: Workspace,
  from: Package,
  to: Package,
  list?: 'dependencies' | 'devDependencies',
): void {
  const { name } = to.manifest;
  if (name !== undefined) addDependencies(workspace.tree, from.directory, { [name]: versionOf(workspace, name) }, list);
}

/** A topic that the workspace has already. */
export interface FoundTopic {
  readonly constant: string;
  /** The class of its messages. */
  readonly message: string;
  readonly path: string;
  /** The package that has it. */
  readonly home: Package;
}

/** `export const orderPlaced = new Topic('orders.placed', OrderPlaced)`, in the library or in the application. */
export function findTopic(workspace: Workspace, app: ServiceApp, topic: string): FoundTopic | undefined {
  const homes = [workspace.contracts, app].filter((each) => each !== undefined);
  for (const home of homes) {
    for (const path of workspace.sources(home)) {
      if (!workspace.tree.read(path)?.includes('Topic')) continue;
      const file = workspace.parse(path);
      for (const constant of declaredNames(file).keys()) {
        const value = constantOf(file, constant);
        if (value?.type !== 'NewExpression' || value.callee.type !== 'Identifier' || value.callee.name !== 'Topic')
          continue;
        const [name, message] = value.arguments;
        if (name?.type !== 'StringLiteral' || name.value !== topic || message?.type !== 'Identifier') continue;
        return { constant, message: message.name, path, home };
      }
    }
  }
  return undefined;
}
