import { AsyncLocalStorage, createHook, type AsyncHook } from 'node:async_hooks';
import { SystemClock } from '@skerry/core';

/** Resources of Node that keep a process alive or hold on to the machine, and what people call them. */
const watched: Readonly<Record<string, string>> = {
  Timeout: 'timer',
  TCPWRAP: 'TCP socket',
  TCPSERVERWRAP: 'TCP server',
  PIPEWRAP: 'pipe',
  PIPESERVERWRAP: 'unix socket server',
  UDPWRAP: 'UDP socket',
  FSEVENTWRAP: 'file watcher',
  STATWATCHER: 'file watcher',
  PROCESSWRAP: 'child process',
  WORKER: 'worker',
  TLSWRAP: 'TLS socket',
};

interface Held {
  readonly what: string;
  readonly where: string;
  readonly resource: WeakRef<object>;
}

const patienceMs = 500;
const everyMs = 10;

/**
 * Notices what an application opens and never closes. Only what is opened by the application's own work counts, whatever
 * else the test has open at the time.
 */
export class LeakDetector {
  private readonly owner = new AsyncLocalStorage<true>();
  private readonly held = new Map<number, Held>();
  private readonly hook: AsyncHook;

  constructor() {
    this.hook = createHook({
      init: (id, type, _trigger, resource) => {
        const what = watched[type];
        if (what && this.owner.getStore())
          this.held.set(id, { what, where: caller(), resource: new WeakRef(resource) });
      },
      destroy: (id) => this.held.delete(id),
    }).enable();
  }

  /** Runs the application's work: what it opens, now or later, is noticed. */
  run<T>(work: () => T): T {
    return this.owner.run(true, work);
  }

  /** What is still open after a moment of patience, one line each; ends the detection. */
  async leaks(): Promise<string[]> {
    const clock = new SystemClock();
    const until = clock.now() + patienceMs;
    // Handles close in later turns of the event loop than the one that asked them to.
    await clock.sleep(0);
    while (this.open().length > 0 && clock.now() < until) await clock.sleep(everyMs);
    this.hook.disable();
    return this.open().map(({ what, where }) => `${what} opened ${where}`);
  }

  private open(): Held[] {
    return [...this.held.values()].filter(({ resource }) => {
      const alive = resource.deref() as { hasRef?: () => boolean } | undefined;
      // What does not keep the process alive was meant to be forgotten.
      return alive !== undefined && alive.hasRef?.() !== false;
    });
  }
}

/** The first line of the stack that is the application's own. */
function caller(): string {
  const stack = new Error().stack?.split('\n').slice(1) ?? [];
  const own = stack.find((line) => !/node:|node_modules|leak-detector|\/packages\/core\//.test(line));
  return own?.trim() ?? (stack.find((line) => !/node:|leak-detector/.test(line))?.trim() || 'at an unknown place');
}
