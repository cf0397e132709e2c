import { basename, dirname, sep } from 'node:path';

/** What has to be known of an application to tell whether a save is its concern. */
export interface Concerned {
  /** Absolute. */
  readonly directory: string;
  /** What it loaded. */
  readonly files: ReadonlySet<string>;
  /** It could not start, or has ended: which files it would have loaded is not known. */
  readonly failed: boolean;
}

const settings = /^(package\.json|tsconfig[\w.-]*\.json|\.env)$/;

/**
 * Whether an application has to start anew because this file was saved, added or removed: one that it loaded; a setting of its
 * own, of the workspace, or of a library that it uses; and, while it is down, any source that may be what mends it.
 *
 * @param apps The directories of all applications: what is in another is no concern.
 */
export function concerns(file: string, app: Concerned, root: string, apps: readonly string[]): boolean {
  if (app.files.has(file)) return true;
  const directory = dirname(file);
  const name = basename(file);
  if (settings.test(name)) {
    if (directory === app.directory) return true;
    // The manifest of the workspace says what is in it, which is looked after elsewhere.
    if (directory === root) return name !== 'package.json';
    return !apps.includes(directory) && [...app.files].some((each) => each.startsWith(directory + sep));
  }
  if (!app.failed || !/\.m?[jt]sx?$/.test(name) || file.includes(`${sep}dist${sep}`)) return false;
  const owner = apps.filter((each) => file.startsWith(each + sep)).sort((a, b) => b.length - a.length)[0];
  return owner === undefined || owner === app.directory;
}
