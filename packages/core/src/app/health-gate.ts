import type { Clock } from '../clock/clock.js';
import type { Health } from '../debug/health.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { Registration, RegistrationOptions } from '../registry/registration.js';

const remindMs = 10_000;

/** How a registration begins: admitted, if the application is ready. */
export function admission(health: Health): RegistrationOptions {
  const { status, reason } = health;
  return { admitted: status === 'ready', ...(reason ? { reason } : {}) };
}

/**
 * Opens and closes the gates of registrations as the application becomes ready and not ready. When the checks stop, the
 * gates stay as they are: the application leaves, and deregisters in its own time.
 */
export function followHealth(health: Health, registrations: readonly Registration[]): void {
  health.onChange((status) => {
    if (status === 'stopped') return;
    for (const registration of registrations) registration.admit(status === 'ready', health.reason);
  });
}

/**
 * Resolves when the application is ready for the first time; at once if it is. Keeps the process alive meanwhile, and calls
 * `remind` with the reason every ten seconds. Rejects with `SKERRY_APP_STATE` when the checks stop first.
 */
export function untilReady(health: Health, clock: Clock, remind: (reason: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const wait = (): ReturnType<Clock['setTimer']> =>
      clock.setTimer(remindMs, () => {
        timer = wait();
        remind(health.reason ?? 'it is starting');
      });
    let timer = wait();
    const check = (): void => {
      const { status, reason } = health;
      if (status !== 'ready' && status !== 'stopped') return;
      timer.cancel();
      unlisten();
      if (status === 'ready') resolve();
      else
        reject(
          new SkerryError('SKERRY_APP_STATE', `It was stopped before it was ready${reason ? `: ${reason}` : ''}.`),
        );
    };
    const unlisten = health.onChange(check);
    check();
  });
}
