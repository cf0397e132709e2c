import type { Broker } from '../broker/broker.js';
import type { Registration } from '../registry/registration.js';
import type { Server } from '../server/server.js';
import type { StopStep } from './events.js';
import { callAllHooks, type Hooked, type HookRun } from './hooks.js';

/** What of an application there is to stop: after a start that failed half-way, only some of it. */
export interface Running {
  readonly run: HookRun;
  /** In the order of creation. */
  readonly hooked: readonly Hooked[];
  /** Whether `onApplicationBootstrap` was called for all. */
  readonly bootstrapped: boolean;
  readonly registrations: readonly Registration[];
  readonly server: Server | undefined;
  /** Absent where nothing is subscribed. */
  readonly broker: Broker | undefined;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  /** Closes Skerry's own blocks, last. */
  readonly close: () => Promise<void>;
}

/**
 * Undoes, in reverse, whatever had been started, each step told as an event with the time that it took. Never rejects: gives
 * the number of failures.
 */
export async function tearDown(running: Running, reason: string): Promise<number> {
  const { run, bootstrapped, registrations, server, broker, drainDelayMs, drainTimeoutMs } = running;
  const leaving = [...running.hooked].reverse();
  let failures = 0;

  const step = async (name: StopStep, work: () => Promise<string | void>): Promise<void> => {
    const startedAt = run.clock.now();
    const note = await work().catch((error: unknown) => {
      failures++;
      return `failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    run.events.emit({ type: 'stop-step', step: name, tookMs: run.clock.now() - startedAt, ...(note ? { note } : {}) });
  };
  const hooks = async (hook: 'beforeApplicationShutdown' | 'onApplicationShutdown'): Promise<void> => {
    failures += (await callAllHooks(hook, leaving, reason, run)).length;
  };

  if (bootstrapped) await step('before-hooks', () => hooks('beforeApplicationShutdown'));
  if (registrations.length > 0) {
    await step('deregister', async () => {
      await Promise.all(registrations.map((registration) => registration.deregister()));
    });
    if (drainDelayMs > 0) await step('wait', () => run.clock.sleep(drainDelayMs));
  }
  // Side by side: each may take as long as all.
  await Promise.all([
    broker &&
      step('subscriptions', async () => {
        const cut = await broker.stop(drainTimeoutMs);
        if (cut > 0) failures++;
        return cut > 0 ? `${cut} deliveries cut off, to be made again` : undefined;
      }),
    server &&
      step('drain', async () => {
        const open = server.inFlight;
        const cut = await server.drain(drainTimeoutMs);
        if (cut > 0) failures++;
        const names = [...new Set(server.cutOff)].slice(0, 10).join(', ');
        return `${open - cut} finished, ${cut} cut off${names ? `: ${names}` : ''}`;
      }),
  ]);
  if (leaving.length > 0) await step('hooks', () => hooks('onApplicationShutdown'));
  await step('close', async () => {
    await server?.close();
    await running.close();
  });
  return failures;
}
