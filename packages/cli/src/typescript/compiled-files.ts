import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compile, compilerVersion } from './compile.js';
import { loadSwc } from './swc.js';

/**
 * Compiled files of a workspace, kept on disk in `node_modules/.cache/skerry`: one for each source, so that they do not grow
 * without end. Any number of processes may use them at once.
 */
export class CompiledFiles {
  private readonly directory: string;

  constructor(private readonly root: string) {
    this.directory = join(root, 'node_modules/.cache/skerry');
  }

  /** The file compiled, with an inline source map. Throws a `CompileError`, or what reading it throws. */
  read(path: string): string {
    const source = readFileSync(path, 'utf8');
    const key = hash(`${compilerVersion}\n${source}`);
    const kept = this.kept(path);
    if (kept?.endsWith(`\n// ${key}`)) return kept;
    const { code } = compile(loadSwc(this.root), path, source, { sourceMaps: 'inline' });
    const compiled = `${code}\n// ${key}`;
    this.keep(path, compiled);
    return compiled;
  }

  /** What was compiled of it last; `undefined` when that is not known. */
  kept(path: string): string | undefined {
    try {
      return readFileSync(this.placeOf(path), 'utf8');
    } catch {
      return undefined;
    }
  }

  private keep(path: string, compiled: string): void {
    const place = this.placeOf(path);
    const temporary = `${place}.${process.pid}`;
    try {
      mkdirSync(this.directory, { recursive: true });
      writeFileSync(temporary, compiled);
      renameSync(temporary, place);
    } catch {
      // A disk that is full or read-only: compiled again next time.
    }
  }

  private placeOf(path: string): string {
    return join(this.directory, `${basename(path)}.${hash(path)}.js`);
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
