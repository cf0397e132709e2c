import { basename } from 'node:path';
import type * as Swc from '@swc/core';
import { CompileError, mistakeIn } from './compile-error.js';

export interface CompileOptions {
  /** What the source map calls the source, as seen from the map. Default: the name of the file. */
  readonly sourceName?: string;
  /** `inline` for what runs at once: without the source, which is beside it. */
  readonly sourceMaps: true | 'inline';
}

/** Part of what identifies compiled code: changed with the options below. */
export const compilerVersion = 1;

/**
 * Compiles one TypeScript file to an ES module, whatever tsconfig says: with the decorators and the metadata that Skerry needs, and
 * without looking at types. Throws a {@link CompileError} for what is no TypeScript.
 */
export function compile(swc: typeof Swc, path: string, source: string, options: CompileOptions): Swc.Output {
  const { sourceName = basename(path), sourceMaps } = options;
  try {
    return swc.transformSync(source, {
      filename: path,
      sourceFileName: sourceName,
      sourceMaps,
      inlineSourcesContent: sourceMaps === true,
      swcrc: false,
      configFile: false,
      isModule: true,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true, tsx: path.endsWith('x') },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        keepClassNames: true,
        experimental: { keepImportAttributes: true },
      },
      module: { type: 'es6' },
    });
  } catch (error) {
    throw new CompileError(mistakeIn(path, (error as Error).message));
  }
}
