/** How long a message can be kept back: a week, in ms. */
export const maxDelayMs = 7 * 24 * 60 * 60 * 1_000;

const leastMs = 100;
const steps = [1, 1.5, 2, 3, 5, 7];

/**
 * The delays that there are queues for, ascending, in ms: 100, 150, 200, 300, 500, 700, 1,000 and so on up to a week. RabbitMQ
 * lets messages out of a queue at its front only, so that all in one queue must wait equally long.
 */
export const ladder: readonly number[] = [
  ...Array.from({ length: 7 }, (_, decade) => steps.map((step) => step * leastMs * 10 ** decade))
    .flat()
    .filter((delayMs) => delayMs < maxDelayMs),
  maxDelayMs,
];

/**
 * The shortest delay of the ladder that is long enough: two thirds longer than what was asked for at most, from 100 ms on.
 * Throws for what is longer than all.
 */
export function rounded(delayMs: number): number {
  const step = ladder.find((each) => each >= delayMs);
  if (step === undefined) throw new Error(`RabbitMQ delays by at most ${maxDelayMs} ms, not by ${delayMs} ms`);
  return step;
}
