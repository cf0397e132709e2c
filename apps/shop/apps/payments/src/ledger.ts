import { Inject, Injectable, InjectStore, type OnModuleInit, type Store, type TypedStore } from '@skerry/core';
import { Account, Payment } from '@shop/contracts';
import { OPENING_BALANCES } from './opening-balances.js';

/**
 * Accounts, and the payment of each order: written in one step, so that an order is charged once at most. Stands where most shops
 * call a bank, with the order's id as the key by which it knows a repeat.
 */
@Injectable()
export class Ledger implements OnModuleInit {
  private readonly accounts: TypedStore<Account>;
  private readonly payments: TypedStore<Payment>;

  constructor(
    @InjectStore('payments') private readonly store: Store,
    @Inject(OPENING_BALANCES) private readonly balances: readonly Account[],
  ) {
    this.accounts = store.of(Account, 'accounts/');
    this.payments = store.of(Payment, 'payments/');
  }

  async onModuleInit(): Promise<void> {
    for (const account of this.balances) {
      // Opened already, by an earlier start or another instance.
      await this.accounts.putIfAbsent(account.customer, account);
    }
  }

  /** Takes the money, or says why not; for one order always the same answer. */
  async charge(orderId: string, customer: string, totalCents: number): Promise<Payment> {
    return this.store.retryConflicts(async () => {
      const decided = await this.payments.get(orderId);
      if (decided) return decided.value;
      const account = await this.accounts.get(customer);
      const balanceCents = (account?.value.balanceCents ?? 0) - totalCents;
      if (!account || balanceCents < 0) {
        const reason = account ? `${customer} has not enough money` : `${customer} has no account`;
        const declined: Payment = { orderId, customer, totalCents, status: 'declined', reason };
        await this.payments.put(orderId, declined, { ifAbsent: true });
        return declined;
      }
      const taken: Payment = { orderId, customer, totalCents, status: 'taken' };
      await this.store.batch([
        { type: 'put', key: `payments/${orderId}`, value: taken, ifAbsent: true },
        { type: 'put', key: `accounts/${customer}`, value: { customer, balanceCents }, ifVersion: account.version },
      ]);
      return taken;
    });
  }

  async account(customer: string): Promise<Account | undefined> {
    return (await this.accounts.get(customer))?.value;
  }

  async *all(): AsyncGenerator<Payment> {
    for await (const { value } of this.payments.all()) yield value;
  }
}
