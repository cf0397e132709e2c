/** What the shell is told. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** The same for people: `skerry --help` and docs/guide/terminal.md are made of it. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.ok, 'done'],
  [exitCodes.failed, 'failed; the error is on standard error'],
  [exitCodes.usage, 'written in a way that skerry does not understand'],
  [exitCodes.interrupted, 'interrupted by Ctrl-C'],
];
