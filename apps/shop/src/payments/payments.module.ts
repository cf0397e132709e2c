import { Module } from '@skerry/core';
import { Ledger } from './ledger.js';
import { OPENING_BALANCES, openingBalances } from './opening-balances.js';
import { Payments } from './payments.service.js';

@Module({ providers: [Payments, Ledger, { provide: OPENING_BALANCES, useValue: openingBalances }] })
export class PaymentsModule {}
