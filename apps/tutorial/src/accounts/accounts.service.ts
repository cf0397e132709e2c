import { Handler, Service, Subscribe, type Context } from '@skerry/core';
import { RideEnded, rideEnded } from '../billing/ride-ended.js';
import { AccountBook } from './account-book.js';
import { Account } from './account.js';

// #region service
@Service('accounts', { version: '1.0.0' })
export class Accounts {
  constructor(private readonly book: AccountBook) {}

  /** Its own queue: billing gets each message as well. */
  @Subscribe(rideEnded, { queue: 'accounts', orderBy: 'key', dedupe: true })
  add({ rider, minutes }: RideEnded): Promise<void> {
    return this.book.add(rider, minutes);
  }

  @Handler({ request: String, reply: Account, readOnly: true })
  of(rider: string): Promise<Account> {
    return this.book.of(rider);
  }

  /** Sends no faster than its caller takes, and ends when the caller has gone. */
  @Handler({ request: String, reply: Account, readOnly: true })
  async *follow(rider: string, context: Context): AsyncGenerator<Account> {
    yield* this.book.follow(rider, context.signal);
  }
}
// #endregion service
