import { Broker, Handler, Inject, Logger, Service, SkerryError, Subscribe } from '@skerry/core';
import { Account, AccountQuery, Payment, paymentDeclined, paymentTaken } from '@shop/contracts';
import { StockReserved, stockReserved } from '@shop/contracts';
import { Ledger } from './ledger.js';

@Service('payments', { version: '1.0.0', publishes: [paymentTaken, paymentDeclined] })
export class Payments {
  constructor(
    private readonly ledger: Ledger,
    @Inject(Broker) private readonly broker: Broker,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  @Handler({ reply: Account, readOnly: true })
  async account({ customer }: AccountQuery): Promise<Account> {
    const account = await this.ledger.account(customer);
    if (account) return account;
    throw new SkerryError('SHOP_NO_SUCH_CUSTOMER', `${customer} has no account`, { status: 'NOT_FOUND' });
  }

  @Handler({ reply: Payment, readOnly: true })
  async *list(): AsyncGenerator<Payment> {
    yield* this.ledger.all();
  }

  @Subscribe(stockReserved, { queue: 'payments', orderBy: 'key', dedupe: true, ackTimeoutMs: 5_000 })
  async charge({ orderId, customer, totalCents }: StockReserved): Promise<void> {
    const { status, reason = '' } = await this.ledger.charge(orderId, customer, totalCents);
    if (status === 'taken') {
      this.logger.info(`took ${(totalCents / 100).toFixed(2)} from ${customer}`, { orderId });
      const taken = { orderId, totalCents };
      await this.broker.publish(paymentTaken, taken, { messageId: `${orderId}/taken`, mandatory: true });
    } else {
      this.logger.info(`declined ${(totalCents / 100).toFixed(2)}: ${reason}`, { orderId });
      const declined = { orderId, reason };
      await this.broker.publish(paymentDeclined, declined, { messageId: `${orderId}/declined`, mandatory: true });
    }
  }
}
