import { SkerryError } from '@skerry/core';

/** Whether somebody else has written in between. */
export function isConflict(error: unknown): boolean {
  return SkerryError.is(error) && error.code === 'SKERRY_STORE_CONFLICT';
}

/**
 * Runs `change`, which reads, decides and writes under the condition that nothing has changed meanwhile; again where something
 * has. Each conflict means that another one has got on, so it ends.
 */
export async function compareAndSet<T>(change: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}
