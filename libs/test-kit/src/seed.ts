import { randomInt } from 'node:crypto';

/** The number that everything random in a run comes from: `SKERRY_SEED` where it is set, otherwise a new one each time. */
export function seed(): number {
  const given = process.env['SKERRY_SEED'];
  if (given === undefined || given === '') return randomInt(2 ** 32);
  const value = Number(given);
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
    throw new Error(`SKERRY_SEED is "${given}"; it must be a whole number from 0 to ${2 ** 32 - 1}`);
  }
  return value;
}

/**
 * Runs `body` with a random source (uniform in [0, 1)) that the seed determines. When it fails, the message says how to
 * repeat it.
 */
export async function withRandom<T>(body: (random: () => number) => T | Promise<T>): Promise<T> {
  const used = seed();
  try {
    return await body(sequence(used));
  } catch (error) {
    if (error instanceof Error) {
      // Runners print the stack, which holds the message as it was when the stack was first asked for.
      const { stack } = error;
      const hint = `\n(SKERRY_SEED=${used} repeats it)`;
      error.stack = stack?.replace(/(?=\n {4}at )|$/, hint);
      error.message += hint;
    }
    throw error;
  }
}

/** Mulberry32 (Tommy Ettinger): 32 bits of state, good enough to choose what a test does next. */
function sequence(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
