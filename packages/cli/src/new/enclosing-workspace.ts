import { dirname, relative, sep } from 'node:path';
import { UsageError } from '../usage-error.js';
import { readManifest } from '../workspace/manifest.js';
import { workspaceRoot } from '../workspace/workspace-root.js';
import type { Place } from './place.js';

/**
 * Throws a `UsageError` for a place that is a package of a workspace around it: npm would install it there, and nothing in it. Elsewhere
 * inside of another workspace is a place like any.
 */
export function checkEnclosingWorkspace({ folder, shown, name }: Place): void {
  const root = workspaceRoot(dirname(folder));
  const declared = readManifest(root)?.workspaces ?? [];
  const patterns: readonly string[] = 'packages' in declared ? (declared.packages ?? []) : (declared as string[]);
  const path = relative(root, folder).split(sep).join('/');
  const pattern = patterns.find((each) => expression(each).test(path));
  if (pattern === undefined) return;
  throw new UsageError(
    `Cannot create ${shown}: it would be a package of the workspace ${root}, whose workspaces are '${pattern}'.`,
    `for another service of that: skerry generate service ${name}; for a workspace of its own, choose a folder outside`,
  );
}

/** Of patterns that npm takes, those with stars; it takes others, which are rare. */
function expression(pattern: string): RegExp {
  const plain = pattern.replace(/^\.\//, '').replace(/\/+$/, '');
  const source = plain
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'));
  return new RegExp(`^${source}$`);
}
