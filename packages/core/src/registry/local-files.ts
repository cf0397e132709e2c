import { constants } from 'node:fs';
import { link, open, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.js';
import {
  decodeLocalRecord,
  encodeLocalRecord,
  fileName,
  isRecordName,
  stampBytes,
  type LocalRecord,
} from './local-record.js';

// Not following links, and not waiting for whoever writes to a pipe.
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
// Enough to keep the file system busy, far below the number of files that a process may have open.
const filesAtOnce = 32;
// What is written or removed by a process that was killed in the middle of it.
const strayAfterMs = 60_000;

/**
 * The files of the local registry. Any number of processes read and write here with no lock: a file appears whole,
 * under its own name, or not at all.
 */
export class LocalFiles {
  constructor(
    private readonly directory: string,
    private readonly clock: Clock,
    private readonly maxRecordBytes: number,
  ) {}

  /** Names of the files that may be records. None when there is no directory. */
  async list(): Promise<readonly string[]> {
    const names = await readdir(this.directory).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return [];
      throw error;
    });
    await Promise.allSettled(names.filter((name) => this.isStray(name)).map((name) => this.remove(name)));
    return names.filter(isRecordName);
  }

  /** The records behind these names; what is none, or is gone meanwhile, is left out. */
  async readAll(names: readonly string[], signal?: AbortSignal): Promise<Map<string, LocalRecord>> {
    const records = new Map<string, LocalRecord>();
    for (let at = 0; at < names.length; at += filesAtOnce) {
      signal?.throwIfAborted();
      const some = names.slice(at, at + filesAtOnce);
      for (const [index, record] of (await Promise.all(some.map((name) => this.read(name)))).entries()) {
        if (record) records.set(some[index]!, record);
      }
    }
    return records;
  }

  /**
   * `undefined` for everything that is not a record in its place: garbage, directories, pipes, links, giants, copies.
   */
  async read(name: string): Promise<LocalRecord | undefined> {
    const record = await this.readAny(join(this.directory, name));
    return record && fileName(record.node) === name ? record : undefined;
  }

  /** Writes the node's file, or replaces it. Not flushed to the disk: no record outlives a boot. */
  async write(record: LocalRecord): Promise<void> {
    const temporary = this.temporaryName();
    try {
      await writeFile(join(this.directory, temporary), encodeLocalRecord(record), { flag: 'wx', mode: 0o600 });
      await rename(join(this.directory, temporary), join(this.directory, fileName(record.node)));
    } catch (error) {
      await this.remove(temporary).catch(() => undefined);
      throw error;
    }
  }

  /** Resolves as well when there is no such file. */
  async remove(name: string): Promise<void> {
    await rm(join(this.directory, name), { force: true });
  }

  /**
   * Removes the file of a record that was found dead, unless it has come back to life: its process may have been
   * frozen, and writing at this very moment. So it is moved aside first, where nobody writes, and put back if it lives.
   */
  async bury(name: string, alive: (record: LocalRecord) => boolean): Promise<void> {
    const from = join(this.directory, name);
    const grave = join(this.directory, this.temporaryName());
    try {
      await rename(from, grave);
      const dead = await this.readAny(grave).then(
        (record) => !record || !alive(record),
        () => false,
      );
      // link() does not replace: what was written since is newer still. Some file systems have none.
      if (!dead) await link(grave, from).catch((error) => (isCode(error, 'EEXIST') ? undefined : rename(grave, from)));
      await unlink(grave);
    } catch {
      // Someone else was faster, or the directory cannot be written to: then it stays, and is judged again next time.
    }
  }

  private async readAny(path: string): Promise<LocalRecord | undefined> {
    try {
      const file = await open(path, readOnly);
      try {
        const found = await file.stat();
        if (!found.isFile() || found.size > this.maxRecordBytes + stampBytes) return undefined;
        const bytes = Buffer.allocUnsafe(found.size);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
        return decodeLocalRecord(bytes.toString('utf8', 0, bytesRead));
      } finally {
        await file.close();
      }
    } catch (error) {
      // Anything else is a fault of this process or its machine, such as too many open files: that makes no node dead.
      if (isCode(error, 'ENOENT', 'ELOOP', 'EISDIR', 'ENXIO', 'EACCES', 'EPERM')) return undefined;
      throw error;
    }
  }

  /** Hidden from {@link list}, and dated by the machine's clock, so that anyone can tell when it was left behind. */
  private temporaryName(): string {
    return `.${Math.floor(this.clock.now())}-${this.clock.randomHex(8)}.tmp`;
  }

  private isStray(name: string): boolean {
    const match = /^\.(\d+)-[0-9a-f]+\.tmp$/.exec(name);
    if (!match) return false;
    const ageMs = this.clock.now() - Number(match[1]);
    // From the future: from another boot.
    return ageMs > strayAfterMs || ageMs < -strayAfterMs;
  }
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
