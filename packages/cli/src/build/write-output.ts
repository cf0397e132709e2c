import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';

/** Files of a directory, by their path in it. */
export type Output = ReadonlyMap<string, string | Buffer>;

export interface Written {
  /** How many files were new or different. */
  readonly changed: number;
  /** Files that an earlier build had written, and that belong to nothing now. */
  readonly removed: readonly string[];
}

/**
 * Makes a directory hold this output. What is the same is not written again; what is compiled code or its map, and is not of this
 * output, is removed, unless `kept` says otherwise. Other files stay.
 */
export function writeOutput(directory: string, output: Output, kept: (file: string) => boolean): Written {
  let changed = 0;
  for (const [file, content] of output) {
    const path = join(directory, file);
    const bytes = Buffer.from(content as string);
    if (readIfThere(path)?.equals(bytes)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    changed++;
  }
  const removed = globSync('**/*.{js,mjs,js.map,mjs.map,d.ts,d.mts,d.ts.map,d.mts.map,tsbuildinfo}', {
    cwd: directory,
    ignore: ['**/node_modules/**'],
    expandDirectories: false,
  })
    .filter((file) => !output.has(file) && !kept(file))
    .sort();
  for (const file of removed) {
    rmSync(join(directory, file));
    removeEmpty(directory, dirname(file));
  }
  return { changed, removed };
}

function removeEmpty(directory: string, inside: string): void {
  for (let each = inside; each !== '.'; each = dirname(each)) {
    if (readdirSync(join(directory, each)).length > 0) return;
    rmdirSync(join(directory, each));
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
