import { watch, type FSWatcher } from 'node:fs';

/**
 * What the system tells about one directory: which files changed. It may tell late, or nothing at all (the number of
 * watches is limited, and mounted file systems often have none), so whoever listens looks for themselves now and then.
 */
export class LocalNotices {
  private watcher?: FSWatcher;
  private attached?: string;

  /** @param changed Called with a file's name, or with `undefined` when it could be any. */
  constructor(
    private readonly path: string,
    private readonly changed: (name: string | undefined) => void,
  ) {}

  /** Whether the system tells at present. */
  get working(): boolean {
    return this.watcher !== undefined;
  }

  /**
   * Listens to the directory, anew if another one (`identity`) has taken its place. Tries again what did not work.
   * Returns whether it was not listening to this one before, and so may have missed something.
   */
  attach(identity: string): boolean {
    if (this.watcher && this.attached === identity) return false;
    this.close();
    try {
      const watcher = watch(this.path, { persistent: false }, (_, name) => this.changed(name ?? undefined));
      watcher.on('error', () => {
        watcher.close();
        if (this.watcher === watcher) delete this.watcher;
      });
      this.watcher = watcher;
      this.attached = identity;
    } catch {
      // Out of watches, or the directory went away just now. Until the next attempt, there is looking.
    }
    return true;
  }

  close(): void {
    this.watcher?.close();
    delete this.watcher;
  }
}
