import { existsSync } from 'node:fs';
import { globSync } from 'tinyglobby';

/** What is for tests alone, and declarations, which say nothing that runs. */
const leftOut = [
  '**/*.{spec,test,spec-d}.{ts,mts,tsx,js,mjs}',
  '**/*.d.{ts,mts}',
  '**/{fixtures,__tests__,__snapshots__}/**',
  '**/node_modules/**',
];

/** The files below `src` that belong to what is built, sorted. */
export function sourceFiles(src: string): string[] {
  if (!existsSync(src)) return [];
  return globSync('**/*', { cwd: src, ignore: leftOut, dot: false, expandDirectories: false }).sort();
}
