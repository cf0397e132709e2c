import type { Clock } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { AppEvents } from './events.js';
import type { HookName } from './lifecycle.js';

/** An instance that may have hooks, and what it is called. */
export interface Hooked {
  readonly name: string;
  readonly instance: unknown;
}

export interface HookRun {
  readonly clock: Clock;
  readonly events: AppEvents;
  /** How long one hook may take, in ms. */
  readonly timeoutMs: number;
}

/** Calls one hook of each instance that has it, one after the other. Stops at the first that fails, and rejects with it. */
export async function callHooks(hook: HookName, instances: readonly Hooked[], run: HookRun): Promise<void> {
  for (const hooked of instances) {
    const error = await callHook(hook, hooked, undefined, run);
    if (error) throw error;
  }
}

/** Calls one hook of each instance that has it, whatever becomes of the others. Gives what failed. */
export async function callAllHooks(
  hook: HookName,
  instances: readonly Hooked[],
  reason: string | undefined,
  run: HookRun,
): Promise<SkerryError[]> {
  const failures: SkerryError[] = [];
  for (const hooked of instances) {
    const error = await callHook(hook, hooked, reason, run);
    if (error) failures.push(error);
  }
  return failures;
}

async function callHook(
  hook: HookName,
  { name, instance }: Hooked,
  reason: string | undefined,
  run: HookRun,
): Promise<SkerryError | undefined> {
  const method = (instance as Record<string, unknown> | null | undefined)?.[hook];
  if (typeof method !== 'function') return undefined;
  const { clock, events, timeoutMs } = run;
  const startedAt = clock.now();
  try {
    await withTimeout(Promise.resolve(method.call(instance, reason)), clock, timeoutMs, () =>
      tooLong(hook, name, timeoutMs),
    );
  } catch (cause) {
    const error =
      SkerryError.is(cause) && cause.code === 'SKERRY_APP_HOOK_TIMEOUT' ? cause : hookFailed(hook, name, cause);
    events.emit({ type: 'hook-failed', hook, provider: name, error });
    return error;
  }
  events.emit({ type: 'hook-finished', hook, provider: name, tookMs: clock.now() - startedAt });
  return undefined;
}

/** Rejects with `late()` when `work` is not done after `timeoutMs`. The work itself goes on; its outcome is dropped. */
function withTimeout<T>(work: Promise<T>, clock: Clock, timeoutMs: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(timeoutMs, () => reject(late()));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}

function tooLong(hook: HookName, name: string, timeoutMs: number): SkerryError {
  return new SkerryError(
    'SKERRY_APP_HOOK_TIMEOUT',
    `${name}.${hook} did not finish within ${timeoutMs} ms. Make it faster, or raise hookTimeoutMs.`,
    { details: { provider: name, hook, timeoutMs } },
  );
}

function hookFailed(hook: HookName, name: string, cause: unknown): SkerryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SkerryError('SKERRY_APP_HOOK_FAILED', `${name}.${hook} failed: ${reason}`, {
    cause,
    details: { provider: name, hook },
  });
}
