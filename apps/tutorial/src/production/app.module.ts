import { Module } from '@skerry/core';
import { AccountsModule } from '../accounts/app.module.js';
import { BillingModule } from '../billing/app.module.js';
import { BankCheck } from './bank-check.js';
import { engines } from './engines.js';

// #region module
@Module({ imports: [BillingModule, AccountsModule, ...engines], providers: [BankCheck] })
export class ProductionModule {}
// #endregion module
