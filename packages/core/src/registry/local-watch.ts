import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock/clock.js';
import { ensureDirectory } from './local-directory.js';
import type { LocalFiles } from './local-files.js';
import type { LocalLiveness } from './local-liveness.js';
import { LocalNotices } from './local-notices.js';
import { filePrefix, type LocalRecord } from './local-record.js';
import type { NodeRecord } from './node-record.js';
import { Pacer } from './pacer.js';

/** How many checks go by before the files are all read again, as long as the system tells what changed. */
const checksPerReading = 10;

interface Subscriber {
  readonly changed: (nodes: readonly NodeRecord[]) => void;
  readonly end: (error?: Error) => void;
  reported?: readonly NodeRecord[];
}

interface Watched {
  readonly prefix: string;
  readonly subscribers: Set<Subscriber>;
  /** By file name. */
  records: Map<string, LocalRecord>;
  unread: boolean;
}

/** Watches any number of services in one directory, by one loop and one watcher of the file system. */
export class LocalWatch {
  private readonly services = new Map<string, Watched>();
  private readonly pacer: Pacer;
  private readonly notices: LocalNotices;
  private readonly changedFiles = new Set<string>();
  private checks = 0;
  private checkAt = 0;
  private running?: Promise<void>;

  /**
   * @param checkMs How often the nodes that are watched are checked: a process that was killed tells nobody.
   * @param listen  Whether to ask the system for changes, or only to look at every check.
   */
  constructor(
    private readonly directory: string,
    private readonly files: LocalFiles,
    private readonly liveness: LocalLiveness,
    private readonly clock: Clock,
    private readonly checkMs: number,
    private readonly listen: boolean,
  ) {
    this.pacer = new Pacer(clock);
    this.notices = new LocalNotices(directory, (name) => this.noticed(name));
  }

  watch(service: string, changed: Subscriber['changed'], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return resolve();
      const stopped = (): void => subscriber.end();
      const subscriber: Subscriber = {
        changed,
        end: (error) => {
          signal.removeEventListener('abort', stopped);
          this.remove(service, subscriber);
          if (error) reject(error);
          else resolve();
        },
      };
      signal.addEventListener('abort', stopped);
      this.add(service, subscriber);
    });
  }

  /** Ends every watch; resolves when nothing of them is on its way. */
  async close(): Promise<void> {
    this.endAll();
    await this.running;
  }

  private add(service: string, subscriber: Subscriber): void {
    const prefix = filePrefix(service);
    const watched = this.services.get(service) ?? { prefix, subscribers: new Set(), records: new Map(), unread: true };
    watched.subscribers.add(subscriber);
    this.services.set(service, watched);
    this.pacer.wake();
    this.running ??= this.run();
  }

  private remove(service: string, subscriber: Subscriber): void {
    const watched = this.services.get(service);
    watched?.subscribers.delete(subscriber);
    if (watched?.subscribers.size === 0) this.services.delete(service);
    if (this.services.size === 0) this.pacer.wake();
  }

  private endAll(error?: Error): void {
    for (const { subscribers } of [...this.services.values()]) for (const { end } of [...subscribers]) end(error);
  }

  private async run(): Promise<void> {
    while (this.services.size > 0) {
      try {
        await this.look();
      } catch (error) {
        this.endAll(error as Error);
      }
      if (this.services.size > 0) await this.pacer.rest(this.checkAt - this.clock.now());
    }
    this.notices.close();
    delete this.running;
  }

  private noticed(name: string | undefined): void {
    const watched = [...this.services.values()];
    if (name === undefined) for (const each of watched) each.unread = true;
    else if (watched.some(({ prefix }) => name.startsWith(prefix))) this.changedFiles.add(name);
    else return;
    this.pacer.wake();
  }

  private async look(): Promise<void> {
    const identity = await ensureDirectory(this.directory);
    const missed = this.listen && this.notices.attach(identity);
    const due = this.clock.now() >= this.checkAt;
    if (due) this.checkAt = this.clock.now() + this.checkMs;
    const all = missed || (due && (!this.notices.working || ++this.checks % checksPerReading === 0));
    const changedFiles = [...this.changedFiles];
    this.changedFiles.clear();
    // Those that come while this is going on have their turn in the next.
    const services = [...this.services.values()];
    const whole = new Set(services.filter((watched) => all || watched.unread));
    for (const watched of whole) watched.unread = false;
    const names = whole.size > 0 ? await this.files.list() : [];
    for (const watched of services) {
      const stale = (whole.has(watched) ? names : changedFiles).filter((name) => name.startsWith(watched.prefix));
      if (whole.has(watched) || stale.length > 0) await this.reread(watched, stale, whole.has(watched));
      else if (!due) continue;
      await this.judge(watched);
    }
  }

  private async reread(watched: Watched, names: readonly string[], whole: boolean): Promise<void> {
    const found = await this.files.readAll(names);
    const { records } = watched;
    if (whole) watched.records = new Map();
    for (const name of names) {
      const record = found.get(name);
      const former = records.get(name);
      if (!record) watched.records.delete(name);
      // A refresh changes the stamp alone: the node stays the same object, which is how a change is told from one.
      else if (former && isDeepStrictEqual(former.node, record.node))
        watched.records.set(name, { ...record, node: former.node });
      else watched.records.set(name, record);
    }
  }

  private async judge(watched: Watched): Promise<void> {
    const alive = ({ node, stamp }: LocalRecord): boolean => this.liveness.alive(stamp, node.ttlMs);
    const nodes: NodeRecord[] = [];
    for (const [name, record] of [...watched.records].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (alive(record)) nodes.push(record.node);
      else {
        watched.records.delete(name);
        await this.files.bury(name, alive);
      }
    }
    for (const subscriber of watched.subscribers) {
      if (same(subscriber.reported, nodes)) continue;
      subscriber.reported = nodes;
      subscriber.changed(nodes);
    }
  }
}

function same(before: readonly NodeRecord[] | undefined, now: readonly NodeRecord[]): boolean {
  return before?.length === now.length && before.every((node, index) => node === now[index]);
}
