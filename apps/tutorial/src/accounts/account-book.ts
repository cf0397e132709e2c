import { Injectable, InjectStore, SkerryError, type Store, type TypedStore } from '@skerry/core';
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
    for (;;) {
      const found = await this.accounts.get(rider);
      const account = { rider, minutes: (found?.value.minutes ?? 0) + minutes };
      try {
        await this.accounts.put(rider, account, found ? { ifVersion: found.version } : { ifAbsent: true });
        return;
      } catch (error) {
        // Somebody was faster: look again.
        if (!(SkerryError.is(error) && error.code === 'SKERRY_STORE_CONFLICT')) throw error;
      }
    }
  }

  /** The account as it is, and each time that it changes. */
  async *follow(rider: string, signal: AbortSignal): AsyncGenerator<Account> {
    // Watched before it is read, so that no change falls in between.
    const changes = this.accounts.watch(rider, { signal });
    yield await this.of(rider);
    for await (const change of changes) {
      if (change.type === 'put' && change.key === rider) yield change.entry.value;
    }
  }
}
// #endregion book
