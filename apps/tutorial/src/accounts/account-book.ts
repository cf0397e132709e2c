import { Injectable, InjectStore, type Store, type TypedStore } from '@skerry/core';
import { Account } from './account.js';

// #region book
@Injectable()
export class AccountBook {
  private readonly accounts: TypedStore<Account>;

  constructor(@InjectStore('accounts') store: Store) {
    this.accounts = store.of(Account, 'riders/');
  }

  async of(rider: string): Promise<Account> {
    return (await this.accounts.get(rider))?.value ?? { rider, minutes: 0 };
  }

  /** Adds to an account that others may be adding to as well. */
  async add(rider: string, minutes: number): Promise<void> {
    await this.accounts.update(rider, (found) => ({ rider, minutes: (found?.minutes ?? 0) + minutes }));
  }

  /** The account as it is, and each time that it changes. */
  async *follow(rider: string, signal: AbortSignal): AsyncGenerator<Account> {
    for await (const entry of this.accounts.follow(rider, { signal })) yield entry?.value ?? { rider, minutes: 0 };
  }
}
// #endregion book
