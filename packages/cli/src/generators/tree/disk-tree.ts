import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../usage-error.js';
import type { FileTree } from './file-tree.js';

/** The files below a directory of this machine. */
export class DiskTree implements FileTree {
  /** @param root Absolute. */
  constructor(readonly root: string) {}

  read(path: string): string | undefined {
    try {
      return readFileSync(join(this.root, path), 'utf8');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) return undefined;
      throw new UsageError(`Cannot read ${path}: ${(error as Error).message}.`, 'make it a file that can be read');
    }
  }

  list(directory: string): readonly string[] {
    try {
      return readdirSync(join(this.root, directory), { withFileTypes: true })
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
        .sort();
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
      throw new UsageError(`Cannot list ${directory}: ${(error as Error).message}.`, 'make it readable');
    }
  }

  /** A file is there as it was or as it shall be, never in part. */
  write(path: string, text: string): void {
    const file = join(this.root, path);
    const draft = `${file}.${process.pid}.tmp`;
    try {
      mkdirSync(dirname(file), { recursive: true });
      const mode = statSync(file, { throwIfNoEntry: false })?.mode;
      writeFileSync(draft, text, mode === undefined ? {} : { mode });
      renameSync(draft, file);
    } catch (error) {
      rmSync(draft, { force: true });
      throw new UsageError(
        `Cannot write ${path}: ${(error as Error).message}.`,
        'make it a place that can be written to',
      );
    }
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
