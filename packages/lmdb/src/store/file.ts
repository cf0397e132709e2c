import { closeSync, constants, lstatSync, mkdirSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { unusableFile } from '../lmdb-error.js';

const writableByOthers = 0o022;
const writableByAll = 0o002;
const sticky = 0o1000;
// Behind the header of the first page, whose length depends on the machine.
const magic = Buffer.from([0xde, 0xc0, 0xef, 0xbe]);
const headerBytes = 64;
// Two pages that describe the rest: with less of it, reading beyond its end would kill the process.
const leastBytes = 2 * 4_096;

/**
 * Makes sure that the file can be opened, and that nobody else can write to it; returns where it is. Makes its folder where it
 * is missing. The library itself crashes on files that are not its own.
 *
 * Throws `SKERRY_STORE_FILE_UNUSABLE`, or what the file system says.
 */
export function checkFile(given: string): string {
  const path = resolve(given);
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode } = statSync(folder);
  if (process.getuid && (mode & writableByAll) !== 0 && (mode & sticky) === 0) {
    throw unusableFile(
      path,
      `everybody can write to its folder (mode ${octal(mode)})`,
      `run chmod o-w ${quoted(folder)}`,
    );
  }
  const found = checkOwn(path);
  checkOwn(`${path}-lock`);
  if (found && found.size > 0) checkHeader(path, found.size);
  return path;
}

/** What stands there, when it is a file of this user's alone; `undefined` when nothing does. */
function checkOwn(path: string): Stats | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  const uid = process.getuid?.();
  if (found.isSymbolicLink()) throw unusableFile(path, 'it is a symbolic link', 'name the file that it leads to');
  if (!found.isFile()) throw unusableFile(path, 'it is not a file', 'name a file');
  if (uid === undefined) return found;
  if (found.uid !== uid) {
    const why = `it belongs to user ${found.uid}, and this process runs as user ${uid}`;
    throw unusableFile(path, why, 'run as the same user, or name another file');
  }
  if ((found.mode & writableByOthers) !== 0) {
    throw unusableFile(path, `others can write to it (mode ${octal(found.mode)})`, `run chmod 600 ${quoted(path)}`);
  }
  return found;
}

function checkHeader(path: string, size: number): void {
  const header = Buffer.alloc(headerBytes);
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    readSync(file, header, 0, headerBytes, 0);
  } finally {
    closeSync(file);
  }
  if (!header.includes(magic)) throw unusableFile(path, 'it is not a file of LMDB', 'name another one');
  if (size < leastBytes) throw unusableFile(path, `it ends after ${size} bytes`, 'restore it, or remove it');
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function quoted(path: string): string {
  return JSON.stringify(path);
}
