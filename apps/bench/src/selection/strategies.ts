/** The first is the default. Names alone: who measures does not load what is measured. */
export const strategyNames = [
  'P2C and EWMA (default)',
  'random',
  'round robin',
  'weighted',
  'least connections',
  'consistent hash',
] as const;

export type StrategyName = (typeof strategyNames)[number];
