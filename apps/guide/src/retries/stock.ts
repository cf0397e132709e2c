import { Context, Handler, InjectClient, Module, Service, SkerryError, type Client } from '@skerry/core';
import { IsString } from 'class-validator';

export class Reservation {
  @IsString()
  orderId!: string;

  @IsString()
  sku!: string;
}

/** What a test lets go wrong. */
export abstract class Database {
  abstract query(attempt: number): Promise<void>;
}

// #region declared
@Service('stock')
export class Stock {
  private readonly reserved = new Map<string, string>();

  constructor(private readonly database: Database) {}

  /** Changes nothing, so it may run as often as it takes. */
  @Handler({ readOnly: true })
  async free(context: Context): Promise<number> {
    await this.database.query(context.attempt);
    return 100 - this.reserved.size;
  }

  /** Made idempotent: what names the work is the order, and an order that is there already is not added again. */
  @Handler({ idempotent: true })
  async reserve({ orderId, sku }: Reservation, context: Context): Promise<number> {
    await this.database.query(context.attempt);
    this.reserved.set(orderId, sku);
    return this.reserved.size;
  }

  /** Says nothing, and is never sent again once it may have run. */
  @Handler()
  async ship(context: Context): Promise<void> {
    await this.database.query(context.attempt);
  }
}
// #endregion declared

// #region retryable
/** Trying again may help: so says whoever throws it, not whoever catches it. */
export class DatabaseBusy extends SkerryError {
  static readonly code = 'DATABASE_BUSY';

  constructor() {
    super(DatabaseBusy.code, 'the database has no free connection', { status: 'UNAVAILABLE', retryable: true });
  }
}
// #endregion retryable

// #region client
@Service('shop')
export class Shop {
  constructor(@InjectClient('stock', { retries: 1 }) private readonly stock: Client<Stock>) {}

  @Handler({ readOnly: true })
  async isFree(): Promise<boolean> {
    // Whoever has not answered within 50 ms gets company: the first answer counts.
    return (await this.stock.free(undefined, { hedgeAfterMs: 50 })) > 0;
  }

  @Handler({ idempotent: true })
  async order(request: Reservation): Promise<number> {
    return this.stock.reserve(request, { timeoutMs: 2_000, retries: 3 });
  }
}
// #endregion client

@Module({ providers: [Shop] })
export class ShopModule {}

/** A module for each node, so that a test can let one of them fail. */
export function stockModule(database: Database): object {
  @Module({ providers: [Stock, { provide: Database, useValue: database }] })
  class StockModule {}
  return StockModule;
}
