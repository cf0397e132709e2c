import { setMaxListeners } from 'node:events';

const known = new WeakSet<AbortSignal>();

/**
 * Lets any number of operations listen to the signal at once: each lets go when it ends. Node would otherwise warn of a leak
 * from the eleventh on, as when one signal gives up many calls.
 */
export function shareable(signal: AbortSignal): AbortSignal {
  if (known.has(signal)) return signal;
  known.add(signal);
  setMaxListeners(0, signal);
  return signal;
}
