import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { SkerryError } from '../errors/skerry-error.js';

/** Names the directory for all processes of an environment. */
const directoryVariable = 'SKERRY_LOCAL_REGISTRY_DIR';

const writableByOthers = 0o022;

/**
 * Where the local registry is kept: as told, else as `SKERRY_LOCAL_REGISTRY_DIR` says, else `skerry-<uid>` among the
 * system's temporary files. Always absolute, and without a trailing slash, behind which a symbolic link would hide.
 */
export function localDirectory(told: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  return resolve(
    told || env[directoryVariable] || join(tmpdir(), `skerry-${process.getuid?.() ?? userInfo().username}`),
  );
}

/**
 * Creates the directory where it is missing, for this user alone, and makes sure that nobody else can put a node there:
 * temporary directories are everybody's, so another user may have been first. Returns which directory it is, so that
 * one that was removed and created again can be told from the first.
 *
 * Throws `SKERRY_REGISTRY_UNSAFE_DIRECTORY`, or what the file system says.
 */
export async function ensureDirectory(path: string): Promise<string> {
  const found = (await lookAt(path)) ?? (await create(path));
  const uid = process.getuid?.();
  if (found.isSymbolicLink()) throw unsafe(path, 'it is a symbolic link', 'remove it');
  if (!found.isDirectory()) throw unsafe(path, 'it is not a directory', 'remove it');
  if (uid !== undefined && found.uid !== uid) {
    throw unsafe(path, `it belongs to user ${found.uid}, and this process runs as user ${uid}`, 'remove it');
  }
  if (uid !== undefined && (found.mode & writableByOthers) !== 0) {
    const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
    throw unsafe(path, `others can write to it (mode ${mode})`, `run chmod 700 ${JSON.stringify(path)}`);
  }
  // The number of one that was removed goes to the next that is made.
  return `${found.dev}:${found.ino}:${found.birthtimeMs}`;
}

async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function create(path: string): Promise<Stats> {
  // Many processes may start together: whoever comes second finds it, and looks at it just as closely.
  await mkdir(path, { recursive: true, mode: 0o700 });
  return lstat(path);
}

function unsafe(path: string, found: string, fix: string): SkerryError {
  return new SkerryError(
    'SKERRY_REGISTRY_UNSAFE_DIRECTORY',
    `cannot keep the local registry in ${path}: ${found}; ` +
      `${fix}, or set ${directoryVariable} to a directory that is yours alone`,
    { details: { path } },
  );
}
