import { InjectionToken } from '@skerry/core';
import type { Account } from '@shop/contracts';

/** What customers have when the shop opens for the first time. */
export const OPENING_BALANCES = new InjectionToken<readonly Account[]>('OPENING_BALANCES');

export const openingBalances: readonly Account[] = [
  { customer: 'ada', balanceCents: 1_000_00 },
  { customer: 'bob', balanceCents: 20_00 },
];
