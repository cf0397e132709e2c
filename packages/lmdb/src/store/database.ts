import { open, type Database, type RootDatabase } from 'lmdb';
import type { Clock } from '@skerry/core';
import { lmdbErrorNow, unusableFile } from '../lmdb-error.js';
import { checkFile } from './file.js';
import { decodeState, type State } from './layout.js';
import { currentBoot, timeBase, type TimeBase } from './store-time.js';

type Bytes = Database<Buffer, Buffer>;

const format = 'skerry-store 1';
const [formatKey, clockKey, stateKey] = ['format', 'clock', 'state'].map((name) => Buffer.from(name)) as [
  Buffer,
  Buffer,
  Buffer,
];

/** The file, open: its tables, and its time. */
export class LmdbDatabase {
  readonly path: string;
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly entries: Bytes;
  readonly expiries: Bytes;
  readonly journal: Bytes;
  private readonly state: Bytes;
  private readonly time: TimeBase;

  /**
   * Throws `SKERRY_STORE_FILE_UNUSABLE`, `SKERRY_STORE_FULL`, or what the library says.
   *
   * @param boot Which boot of the machine this is.
   */
  constructor(
    given: string,
    private readonly clock: Clock,
    boot = currentBoot(),
  ) {
    this.path = checkFile(given);
    try {
      this.root = open<Buffer, Buffer>({ path: this.path, ...options } as Parameters<
        typeof open
      >[0]) as typeof this.root;
      const table = (name: string): Bytes => this.root.openDB<Buffer, Buffer>({ ...binary, name });
      this.state = table('state');
      this.entries = table('entries');
      this.expiries = table('expiries');
      this.journal = table('journal');
      this.time = this.root.transactionSync(() => this.begin(boot));
    } catch (error) {
      throw lmdbErrorNow(this.path, error);
    }
  }

  /** By which entries expire. */
  now(): number {
    return this.clock.now() + this.time.offsetMs;
  }

  /** From here on reads show all that was acknowledged by now, to whichever process. */
  refresh(): void {
    this.root.resetReadTxn();
  }

  readState(): State {
    return decodeState(this.state.getBinary(stateKey));
  }

  /** In a transaction. */
  writeState(state: Buffer): void {
    void this.state.put(stateKey, state);
  }

  private begin(boot: string): TimeBase {
    const found = this.state.getBinary(formatKey)?.toString();
    if (found === undefined) void this.state.put(formatKey, Buffer.from(format));
    else if (found !== format) {
      throw unusableFile(this.path, `it is of another format (${found.slice(0, 40)})`, 'name another one');
    }
    const text = this.state.getBinary(clockKey)?.toString();
    const known = text === undefined ? undefined : (JSON.parse(text) as TimeBase);
    const base = timeBase(this.clock, boot, known, this.readState().latest);
    if (base !== known) void this.state.put(clockKey, Buffer.from(JSON.stringify(base)));
    return base;
  }
}

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;

const options = {
  ...binary,
  noSubdir: true,
  maxDbs: 8,
  permissionsMode: 0o600,
  // A transaction is flushed before it is committed, so whoever reads it may rely on it.
  overlappingSync: false,
  // Transactions are gathered by the write queue; the library's own way leaves rejections that nobody can handle.
  eventTurnBatching: false,
};
