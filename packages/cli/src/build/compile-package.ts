import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type * as Swc from '@swc/core';
import { compile } from '../typescript/compile.js';
import { CompileError } from '../typescript/compile-error.js';
import { compiledName, isTypeScript } from '../typescript/typescript-file.js';
import { sourceFiles } from './source-files.js';
import type { Output } from './write-output.js';

/**
 * What the sources of a package become in `dist`: each TypeScript file an ES module and its source map; anything else is copied. Throws
 * an `AggregateError` of all files that are no TypeScript.
 */
export function compilePackage(swc: typeof Swc, directory: string): Output {
  const output = new Map<string, string | Buffer>();
  const errors: CompileError[] = [];
  for (const file of sourceFiles(join(directory, 'src'))) {
    const path = join(directory, 'src', file);
    if (!isTypeScript(file)) {
      output.set(file, readFileSync(path));
      continue;
    }
    const target = compiledName(file);
    // From the map to the source, so that it is the same on every machine.
    const sourceName = relative(join(directory, 'dist', dirname(file)), path).replaceAll('\\', '/');
    try {
      const { code, map = '' } = compile(swc, path, readFileSync(path, 'utf8'), { sourceName, sourceMaps: true });
      const link = target.slice(target.lastIndexOf('/') + 1);
      output.set(target, `${code}//# sourceMappingURL=${link}.map\n`);
      output.set(`${target}.map`, map);
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} files are no TypeScript`);
  return output;
}
