import { createRequire } from 'node:module';
import type { parse } from 'yaml';
import { UsageError } from '../usage-error.js';

/** Where pnpm has what npm and yarn have under `workspaces` in package.json. */
export const pnpmWorkspaceFile = 'pnpm-workspace.yaml';

/**
 * The patterns of a pnpm-workspace.yaml; `undefined` for one with settings only. Throws a `UsageError` for what is not YAML.
 *
 * @param path Of the file, for the message.
 */
export function pnpmPatterns(text: string, path: string): string[] | undefined {
  // Most workspaces have no such file, and need not wait for this.
  const yaml = createRequire(import.meta.url)('yaml') as { parse: typeof parse };
  try {
    const packages = (yaml.parse(text) as { packages?: unknown } | null)?.packages;
    return Array.isArray(packages) ? packages.map(String) : undefined;
  } catch (error) {
    throw new UsageError(`Cannot read ${path}: ${(error as Error).message}`, 'mend it, and write the same again');
  }
}
