import { Module } from '@skerry/core';
import { AccountBook } from './account-book.js';
import { Accounts } from './accounts.service.js';

@Module({ providers: [Accounts, AccountBook] })
export class AccountsModule {}
