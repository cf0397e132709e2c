import { IsInt, IsString, Min } from 'class-validator';
import {
  Broker,
  Guard,
  Handler,
  Injectable,
  InjectClient,
  Module,
  Service,
  SkerryError,
  Subscribe,
  Topic,
  type Client,
  type HandlerCall,
} from '@skerry/core';

export class Order {
  @IsString()
  sku!: string;

  @IsInt()
  @Min(1)
  pieces!: number;
}

export const orderPlaced = new Topic('orders.placed', Order);

export class Charge {
  @IsInt()
  @Min(1)
  cents!: number;
}

/** Of another team, in another process: only its class is known here. */
@Service('payments')
export class Payments {
  @Handler()
  async charge(charge: Charge): Promise<{ id: string }> {
    return { id: `receipt of ${charge.cents}` };
  }

  @Handler()
  async *receipts(): AsyncGenerator<{ id: string }> {
    yield await Promise.resolve({ id: 'the first' });
  }
}

export abstract class Warehouse {
  abstract reserve(sku: string, pieces: number): Promise<boolean>;
}

@Injectable()
export class RealWarehouse extends Warehouse {
  reserve(): Promise<boolean> {
    return Promise.reject(new Error('there is no database in a test'));
  }
}

@Module({ providers: [{ provide: Warehouse, useClass: RealWarehouse }], exports: [Warehouse] })
export class WarehouseModule {}

@Injectable()
export class StaffOnly implements Guard {
  allows({ context }: HandlerCall): boolean {
    return context.metadata['role'] === 'staff';
  }
}

// #region orders
@Service('orders', { guards: [StaffOnly] })
export class Orders {
  constructor(
    private readonly warehouse: Warehouse,
    private readonly broker: Broker,
    @InjectClient('payments') private readonly payments: Client<Payments>,
  ) {}

  @Handler()
  async place(order: Order): Promise<string> {
    if (!(await this.warehouse.reserve(order.sku, order.pieces))) throw new SkerryError('SOLD_OUT', 'none is left');
    const receipt = await this.payments.charge({ cents: 250 * order.pieces });
    await this.broker.publish(orderPlaced, order);
    return receipt.id;
  }
}

@Module({ imports: [WarehouseModule], providers: [Orders, StaffOnly] })
export class OrdersModule {}
// #endregion orders

export abstract class Mailer {
  abstract send(text: string): Promise<void>;
}

// #region mail
@Service('mail')
export class Mail {
  // Whoever runs it brings one: nothing here provides it.
  constructor(private readonly mailer: Mailer) {}

  @Subscribe(orderPlaced, { queue: 'mail', attempts: 3 })
  async confirm({ sku }: Order): Promise<void> {
    await this.mailer.send(`${sku} is on its way`);
  }
}

@Module({ providers: [Mail] })
export class MailModule {}
// #endregion mail

@Module({ providers: [Payments] })
export class PaymentsModule {}
