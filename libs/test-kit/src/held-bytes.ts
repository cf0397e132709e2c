import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collectGarbage: (() => void) | undefined;

/**
 * The memory that this process cannot do without, in bytes: what is left of its objects and buffers after a collection. Unlike
 * the memory that the system counts, it does not depend on when the engine last had time to collect.
 */
export function heldBytes(): number {
  if (!collectGarbage) {
    setFlagsFromString('--expose-gc');
    collectGarbage = runInNewContext('gc') as () => void;
  }
  // What the first finds to be garbage is freed beside us; the second waits for that.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
