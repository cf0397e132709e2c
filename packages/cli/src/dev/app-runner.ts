import type { Clock, Timer } from '@skerry/core';
import type { AppProcess, ProcessListener } from './app-process.js';
import type { DevListener } from './dev-events.js';

export interface RunnerOptions {
  readonly name: string;
  /** Starts a process of the application; one that `waits` runs nothing of it before it is released. */
  readonly start: (heard: ProcessListener, waits: boolean) => AppProcess;
  readonly clock: Clock;
  readonly tell: DevListener;
  /** The port of its inspector: its next run waits until this has gone, and left it. */
  readonly inspect?: number;
  /** How long it may take to stop, in ms, before it is killed. Default 5,000. */
  readonly forceAfterMs?: number;
}

export type RunnerState = 'starting' | 'ready' | 'restarting' | 'failed' | 'stopped';

// Editors write a file in several steps, and several files at once.
const settleMs = 40;

/**
 * Keeps one application running: starts it anew when it is asked to, once for all that ask while it is about to. What ends by
 * itself stays down until then, so that nothing is tried again and again.
 */
export class AppRunner {
  /** The files of the workspace that it loaded, of all runs since the last that got ready. */
  readonly files = new Set<string>();
  private current: AppProcess | undefined;
  private standby: AppProcess | undefined;
  private condition: RunnerState = 'starting';
  /** Why it is to be started anew: what was saved. */
  private readonly saved = new Set<string>();
  private savedAt: number | undefined;
  private settling: Timer | undefined;
  private wake = deferred();
  private closing = false;
  private readonly done: Promise<void>;

  constructor(private readonly options: RunnerOptions) {
    this.done = this.live();
  }

  get name(): string {
    return this.options.name;
  }

  get state(): RunnerState {
    return this.condition;
  }

  /** @param file What was saved; absent where somebody asked for it. */
  restart(file?: string): void {
    const { clock } = this.options;
    if (file !== undefined) this.saved.add(file);
    this.savedAt ??= clock.now();
    this.settling?.cancel();
    this.settling = clock.setTimer(settleMs, () => this.wake.resolve());
  }

  /** Stops it for good. Resolves when it has gone. */
  async close(): Promise<void> {
    this.closing = true;
    this.settling?.cancel();
    this.wake.resolve();
    await this.done;
  }

  /** At once, and without waiting: for the end of this process. */
  kill(): void {
    this.current?.kill();
    this.standby?.kill();
  }

  private async live(): Promise<void> {
    const { tell, name, inspect, forceAfterMs = 5_000 } = this.options;
    let process = this.start(this.options.clock.now(), false);
    process.release();
    for (;;) {
      this.current = process;
      const exit = await Promise.race([process.exited, this.wake.promise]);
      if (exit) {
        this.condition = 'failed';
        tell(exit.code === 0 ? { type: 'ended', app: name } : { type: 'crashed', app: name, ...exit });
        await this.wake.promise;
      }
      if (this.closing) break;
      const since = this.savedAt ?? this.options.clock.now();
      const files = this.takeReasons();
      this.condition = 'restarting';
      tell({ type: 'restarting', app: name, files });
      // Node starts, and the framework is loaded, while the old one has its last calls finished.
      if (inspect === undefined) this.standby = this.start(since, true);
      if (await process.stop(forceAfterMs)) tell({ type: 'forced', app: name, afterMs: forceAfterMs });
      if (this.closing) break;
      process = this.standby ?? this.start(since, true);
      this.standby = undefined;
      // It has read none of the application's files yet: what was saved by now is in it.
      this.takeReasons();
      process.release();
    }
    this.standby?.kill();
    if (await process.stop(forceAfterMs)) tell({ type: 'forced', app: name, afterMs: forceAfterMs });
    await this.standby?.exited;
    this.condition = 'stopped';
    tell({ type: 'stopped', app: name });
  }

  private takeReasons(): string[] {
    const files = [...this.saved];
    this.saved.clear();
    this.savedAt = undefined;
    this.settling?.cancel();
    if (!this.closing) this.wake = deferred();
    return files;
  }

  private start(since: number, restarted: boolean): AppProcess {
    const { name, clock, tell, start, inspect } = this.options;
    let loaded = new Set<string>();
    const process = start(
      {
        line: (stream, line) => tell({ type: 'log', app: name, stream, line }),
        loaded: (file) => {
          loaded.add(file);
          this.files.add(file);
        },
        ready: ({ services, address }) => {
          this.condition = 'ready';
          // What it did without this time.
          for (const file of this.files) if (!loaded.has(file)) this.files.delete(file);
          loaded = this.files;
          const tookMs = Math.round(clock.now() - since);
          tell({ type: 'ready', app: name, services, address, tookMs, restarted });
        },
      },
      restarted,
    );
    const { pid } = process;
    if (pid !== undefined) tell({ type: 'starting', app: name, pid, ...(inspect === undefined ? {} : { inspect }) });
    return process;
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
