import { Module } from '@skerry/core';
import { engines } from '@shop/engines';
import { Ledger } from './ledger.js';
import { OPENING_BALANCES, openingBalances } from './opening-balances.js';
import { Payments } from './payments.service.js';

@Module({
  imports: [...engines('payments')],
  providers: [Payments, Ledger, { provide: OPENING_BALANCES, useValue: openingBalances }],
})
export class AppModule {}
