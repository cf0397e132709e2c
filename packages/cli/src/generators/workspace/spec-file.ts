import { addImport } from '../syntax/add-import.js';
import { appendStatement } from '../syntax/export-from.js';
import { SourceFile } from '../syntax/source-file.js';
import { relativeImport } from '../tree/file-tree.js';
import { moduleClass } from '../syntax/add-to-module.js';
import { addDependencies } from './package-file.js';
import { versionOf } from './versions.js';
import type { ServiceApp, Workspace } from './workspace.js';

/** What a test takes from elsewhere: a name, and a package or a file of the workspace. */
export interface Used {
  readonly name: string;
  readonly from: string;
  readonly type?: boolean;
}

/** `orders.service.spec.ts` for `orders.service.ts`. */
export function specOf(file: string): string {
  return file.replace(/\.([cm]?)ts$/, '.spec.$1ts');
}

/**
 * Adds a test at the end of the spec beside a file, which is made when it is missing.
 *
 * @param text What the test is, given what the root module is called there.
 */
export function addTest(
  workspace: Workspace,
  app: ServiceApp,
  spec: string,
  { title, uses, text }: { title: string; uses: readonly Used[]; text: (rootModule: string) => string },
): void {
  const { tree } = workspace;
  let file = SourceFile.parse(spec, tree.read(spec) ?? '');
  if (file.text.includes(title)) return;
  const take = (used: Used): string => {
    const from = used.from.endsWith('.ts') ? relativeImport(spec, used.from) : used.from;
    const imported = addImport(file, { ...used, from });
    file = imported.file;
    return imported.local;
  };
  const packages = uses.filter(({ from }) => !from.endsWith('.ts'));
  for (const each of packages) take(each);
  take({ name: 'TestApp', from: '@skerry/testing' });
  const root = take({ name: moduleClass(workspace.parse(app.moduleFile), app.moduleName).name, from: app.moduleFile });
  for (const each of uses) if (!packages.includes(each)) take(each);
  tree.write(spec, appendStatement(file, text(root), 1).text);
  if (workspace.root.manifest.devDependencies?.['@skerry/testing'] === undefined) {
    addDependencies(
      tree,
      app.directory,
      { '@skerry/testing': versionOf(workspace, '@skerry/testing') },
      'devDependencies',
    );
  }
}
