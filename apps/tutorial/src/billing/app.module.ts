import { Module } from '@skerry/core';
import { Billing } from './billing.service.js';
import { CardIssuer } from './card-issuer.js';
import { Returns } from './returns.service.js';

@Module({ providers: [Returns, Billing, CardIssuer], exports: [CardIssuer] })
export class BillingModule {}
