const spent = new WeakSet<object>();
const deepest = 8;

/**
 * Marks the error of a call that was sent again as often as is right. Whoever waits for work that fails by it shall not send that
 * work again for it, or three services in a row would try eight times.
 */
export function markRetriesSpent(error: object): void {
  spent.add(error);
}

/** Whether the error is one that was marked, or was caused by one. */
export function areRetriesSpent(error: unknown): boolean {
  let each = error;
  for (let depth = 0; depth < deepest && typeof each === 'object' && each !== null; depth++) {
    if (spent.has(each)) return true;
    each = (each as { cause?: unknown }).cause;
  }
  return false;
}
