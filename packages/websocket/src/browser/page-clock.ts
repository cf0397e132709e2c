/** Time and chance for a page, which has no container to take a Clock from. Core's `Clock` fits, so that tests can hold it. */
export interface PageClock {
  /** In ms, from anywhere; never goes back. */
  now(): number;
  setTimer(ms: number, callback: () => void): { cancel(): void };
  /** From 0 to less than 1. */
  random(): number;
}

export const pageClock: PageClock = {
  now: () => performance.now(),
  setTimer(ms, callback) {
    const timer = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  random: () => Math.random(),
};
