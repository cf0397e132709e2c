import { InjectionToken } from '@skerry/core';
import type { Shelf } from '@shop/contracts';

/** What is on the shelves when the shop opens for the first time. */
export const CATALOGUE = new InjectionToken<readonly Shelf[]>('CATALOGUE');

export const catalogue: readonly Shelf[] = [
  { sku: 'lamp', priceCents: 24_50, left: 20 },
  { sku: 'chair', priceCents: 89_00, left: 6 },
  { sku: 'piano', priceCents: 4_900_00, left: 1 },
];
