import type { Clock, Timer } from '@skerry/core';
import { coloursFor } from './colours.js';
import type { Terminal } from './terminal.js';

/**
 * Says on standard error what takes a while: to people with the seconds that it has taken, in a line that is gone afterwards; elsewhere
 * once.
 */
export async function withProgress<T>(
  text: string,
  { stderr, env }: Pick<Terminal, 'stderr' | 'env'>,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  if (!stderr.isTTY || env['TERM'] === 'dumb') {
    await stderr.write(`${text} ...\n`);
    return work();
  }
  const { dim } = coloursFor(stderr, env);
  const begun = clock.now();
  let timer: Timer | undefined;
  const tell = (): void => {
    const seconds = Math.round((clock.now() - begun) / 1_000);
    void stderr.write(`\r\x1b[K${text} ${dim(`${seconds} s`)}`);
    timer = clock.setTimer(1_000, tell);
  };
  tell();
  try {
    return await work();
  } finally {
    timer?.cancel();
    await stderr.write('\r\x1b[K');
  }
}
