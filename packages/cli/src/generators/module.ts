import type { Generator } from './generator.js';
import { addImport } from './syntax/add-import.js';
import { addToModule, type ModuleEntry } from './syntax/add-to-module.js';
import { below, directoryOf, relativeImport } from './tree/file-tree.js';
import { nameOf, withoutSuffix } from './workspace/names.js';
import type { ServiceApp, Workspace } from './workspace/workspace.js';

export interface ModuleRequest {
  readonly name: string;
  readonly app?: string;
}

/** Adds a module of its own to an application, imported by its root module. */
export const generateModule: Generator<ModuleRequest> = async (workspace, { name, app: appName }) => {
  const app = await workspace.app(appName);
  const { kebab, pascal } = withoutSuffix(nameOf(name, 'a module'), 'module');
  const path = below(directoryOf(app.moduleFile), `${kebab}/${kebab}.module.ts`);
  createFile(
    workspace,
    path,
    `import { Module } from '@skerry/core';\n\n@Module({ providers: [] })\nexport class ${pascal}Module {}\n`,
  );
  addToRoot(workspace, app, { list: 'imports', text: `${pascal}Module`, name: `${pascal}Module` }, path);
  return { what: `the module ${pascal}Module of ${app.name}`, next: [] };
};

/** Writes a file, unless there is one: what somebody has made of it is left alone. */
export function createFile({ tree }: Workspace, path: string, text: string): void {
  if (tree.read(path) === undefined) tree.write(path, text);
}

/**
 * Puts an entry into the root module of an application, and imports what it names.
 *
 * @param from A file of the workspace, or a package.
 */
export function addToRoot(
  workspace: Workspace,
  { moduleFile, moduleName }: ServiceApp,
  entry: ModuleEntry,
  from: string,
): void {
  const source = from.endsWith('.ts') ? relativeImport(moduleFile, from) : from;
  const before = workspace.parse(moduleFile);
  const { file, local } = addImport(before, { name: entry.name, from: source });
  const text = entry.text.replace(new RegExp(`\\b${entry.name}\\b`, 'g'), local);
  const after = addToModule(file, { ...entry, text, name: local }, moduleName);
  workspace.tree.write(moduleFile, after.text);
}
