import { Clock, Context, Handler, Inject, InjectClient, Logger, Module, Service, type Client } from '@skerry/core';
import { IsInt, IsString, Min } from 'class-validator';

export class PlaceRequest {
  @IsString()
  orderId!: string;

  @IsInt()
  @Min(1)
  cents!: number;
}

export class Receipt {
  @IsString()
  orderId!: string;
}

// #region payments
@Service('payments')
export class Payments {
  private readonly receipts = new Map<string, Receipt>();

  constructor(
    @Inject(Clock) private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  @Handler({ idempotent: true })
  async charge(request: PlaceRequest, context: Context): Promise<Receipt> {
    const key = context.idempotencyKey ?? request.orderId;
    const earlier = this.receipts.get(key);
    if (earlier) return earlier;
    const { baggage, metadata, attempt, remainingMs } = context;
    // Written with the trace's id, like every line that is logged inside of a call.
    this.log.info('charging', { user: baggage['user'], tenant: metadata['tenant'], attempt, remainingMs });
    // Ends at once, with an error, when nobody waits for the receipt any more.
    await this.clock.sleep(request.cents, context.signal);
    const receipt = { orderId: request.orderId };
    this.receipts.set(key, receipt);
    return receipt;
  }
}
// #endregion payments

// #region orders
@Service('orders')
export class Orders {
  constructor(@InjectClient('payments') private readonly payments: Client<Payments>) {}

  @Handler()
  async place(request: PlaceRequest): Promise<Receipt> {
    // No longer than place's own caller waits, in its trace, and given up with it: none of that is passed on by hand.
    return this.payments.charge(request, { timeoutMs: 2_000, idempotencyKey: `order ${request.orderId}` });
  }
}
// #endregion orders

// #region afterwards
@Service('mailing')
export class Mailing {
  sent = 0;

  constructor(
    @Inject(Clock) private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  @Handler()
  async order(_request: PlaceRequest, context: Context): Promise<boolean> {
    // The call ends when it is answered. What goes on has a context of its own, in the same trace.
    const own = new Context(this.clock, { deadline: this.clock.now() + 60_000, traceId: context.traceId });
    own
      .run(() => this.send(own))
      .catch((error: unknown) => this.log.error('no mail was sent', { error }))
      .finally(() => own.finish());
    return true;
  }

  private async send(context: Context): Promise<void> {
    await this.clock.sleep(10_000, context.signal);
    this.sent++;
  }
}
// #endregion afterwards

@Module({ providers: [Payments, Mailing] })
export class PaymentsModule {}

@Module({ providers: [Orders] })
export class OrdersModule {}
