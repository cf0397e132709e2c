import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Swc from '@swc/core';
import { UsageError } from '../usage-error.js';

const require = createRequire(import.meta.url);

/** `@swc/core` as the workspace has it, else as this command has it. Throws a `UsageError` when it is not installed. */
export function loadSwc(directory: string): typeof Swc {
  const path = findSwc(directory);
  if (path !== undefined) return require(path) as typeof Swc;
  throw new UsageError(
    'Cannot compile TypeScript: @swc/core is not installed.',
    `in ${directory}: npm install --save-dev @swc/core`,
  );
}

/** The file of `@swc/core` that {@link loadSwc} loads; `undefined` when it is not installed. */
export function findSwc(directory: string): string | undefined {
  for (const from of [join(directory, 'package.json'), import.meta.url]) {
    try {
      return createRequire(from).resolve('@swc/core');
    } catch {
      // Looked for in the next place.
    }
  }
  return undefined;
}
