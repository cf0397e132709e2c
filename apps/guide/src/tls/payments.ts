import { Guard, Handler, Injectable, Module, Service, type HandlerCall } from '@skerry/core';

// #region guard
/** Lets in who has shown the certificate of our orders, whatever else it says of itself. */
@Injectable()
export class OrdersOnly implements Guard {
  allows({ context }: HandlerCall): boolean {
    return context.peer?.identity?.spiffeId === 'spiffe://shop.example/orders';
  }
}

@Service('payments', { guards: [OrdersOnly] })
export class Payments {
  @Handler({ request: Number })
  async charge(cents: number): Promise<string> {
    return `charged ${cents}`;
  }
}
// #endregion guard

@Module({ providers: [Payments, OrdersOnly] })
export class PaymentsModule {}
