import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder `template` of this package: a workspace as it stands, called {@link templateName}. */
const folder = fileURLToPath(new URL('../../template/', import.meta.url));
const templateName = 'my-workspace';

export interface TemplateValues {
  readonly name: string;
  /** Without its `@`. */
  readonly scope: string;
  /** Of the packages of Skerry. */
  readonly version: string;
}

/** The files of a new workspace: their contents by their paths, which are written with `/`. */
export function renderTemplate({ name, scope, version }: TemplateValues): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const path of templateFiles()) {
    const text = readFileSync(join(folder, path), 'utf8')
      .replaceAll(`@${templateName}/`, `@${scope}/`)
      .replaceAll(templateName, name);
    const target = path
      .split(sep)
      .join('/')
      .replace(/(^|\/)dot-/, '$1.');
    files.set(target, target.endsWith('package.json') ? withVersions(text, version) : text);
  }
  return files;
}

/** The packages of others that the workspace depends on, with the ranges that it asks for; `*` for those of Skerry. */
export function templateDependencies(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of templateFiles().filter((each) => each.endsWith('package.json'))) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as {
      [kind in 'dependencies' | 'devDependencies']?: Record<string, string>;
    };
    for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) found.set(name, range);
  }
  for (const name of [...found.keys()]) if (name.startsWith(`@${templateName}/`)) found.delete(name);
  return found;
}

/** What a developer may have built or installed in it is no part of it. */
const notOfIt = ['node_modules', 'dist', '.nx'];

/** Folder by folder: `yarn create` has them in an archive, whose entries do not know where they are. */
function templateFiles(directory = ''): string[] {
  return readdirSync(join(folder, directory), { withFileTypes: true })
    .filter(({ name }) => !notOfIt.includes(name))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? templateFiles(path) : [path];
    })
    .sort();
}

function withVersions(text: string, version: string): string {
  return text.replace(/("@skerry\/[\w-]+": )"\*"/g, `$1"^${version}"`);
}
