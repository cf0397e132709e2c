import {
  Broker,
  Guard,
  Handler,
  Inject,
  Injectable,
  InjectClient,
  Module,
  Service,
  Subscribe,
  type Client,
} from '@skerry/core';
import { expectTrace, ManualClock, TestApp, TestNetwork } from '../index.js';

@Injectable()
class Nobody implements Guard {
  allows(): boolean {
    return false;
  }
}

@Service('payments')
class Payments {
  @Handler()
  async charge(): Promise<string> {
    return 'paid';
  }

  @Handler({ guards: [Nobody] })
  async refund(): Promise<void> {
    // Never runs.
  }
}

@Service('mail')
class Mail {
  private failures = 1;

  @Subscribe('orders.placed', { queue: 'mail', message: String })
  async confirm(_order: string): Promise<void> {
    if (this.failures-- > 0) throw new Error('the mail server sleeps');
  }
}

@Service('shop')
class Shop {
  constructor(
    @InjectClient('payments') private readonly payments: Client<Payments>,
    @Inject(Broker) private readonly broker: Broker,
  ) {}

  @Handler({ request: String })
  async order(id: string): Promise<void> {
    await this.payments.charge();
    await this.broker.publish('orders.placed', id);
  }

  @Handler()
  async undo(): Promise<void> {
    await this.payments.refund();
  }
}

@Module({ providers: [Payments, Nobody] })
class PaymentsModule {}
@Module({ providers: [Mail] })
class MailModule {}
@Module({ providers: [Shop] })
class ShopModule {}

const network = new TestNetwork(new ManualClock());
let shop: TestApp;
beforeAll(async () => {
  await TestApp.create(PaymentsModule, { network }).start();
  await TestApp.create(MailModule, { network }).start();
  shop = await TestApp.create(ShopModule, { network }).start();
});
afterAll(() => network.close());

test('draws who called whom, through calls and events, with attempts and outcomes', async () => {
  await shop.client(Shop).order('A1');
  await expectTrace(network).toBe(`
    shop.order ok
    ├─ payments.charge ok
    ├─ orders.placed → mail.confirm SKERRY_RPC_INTERNAL
    └─ orders.placed → mail.confirm ok, attempt 2
  `);
});

test('is plain data', async () => {
  await shop
    .client(Shop)
    .undo()
    .catch(() => undefined);
  expect(expectTrace(shop).calls).toEqual([
    {
      ...{ call: 'shop.undo', from: 'shop', attempt: 1, outcome: 'SKERRY_RPC_DENIED' },
      calls: [{ call: 'payments.refund', from: 'shop', attempt: 1, outcome: 'SKERRY_RPC_DENIED', calls: [] }],
    },
  ]);
});

test('shows itself when it is not what was expected', async () => {
  await shop.client(Shop).order('A2');
  await expect(expectTrace(network).toBe('shop.order ok', { withinMs: 100 })).rejects.toMatchObject({
    code: 'SKERRY_TEST_TIMEOUT',
    message: expect.stringMatching(
      /is not\n\nshop\.order ok\n\nIt is\n\nshop\.order ok\n├─ payments\.charge ok\n└─ orders/,
    ),
  });
});

test('finds one call of it', async () => {
  await shop.client(Shop).order('A3');
  const trace = expectTrace(network);
  await expect(trace.toHave({ call: 'mail.confirm', topic: 'orders.placed' })).resolves.toMatchObject({ from: 'shop' });
  await expect(trace.toHave({ call: 'mail.cancel' }, { withinMs: 50 })).rejects.toThrow(
    /has no call like \{"call":"mail\.cancel"\}.*payments\.charge ok/s,
  );
});

test('of its own begins with what runs in it, whatever else goes on', async () => {
  const trace = shop.trace();
  await Promise.all([
    trace.run(async () => {
      await shop.client(Shop).order('A4');
      await shop.client(Shop).order('A5');
    }),
    shop.client(Shop).order('A6'),
  ]);
  expect(trace.calls.map(({ call }) => call)).toEqual(['shop.order', 'shop.order']);
  expect(expectTrace(network, trace.id).calls).toEqual(trace.calls);
});

test('has nothing to show of what never began', () => {
  expect(String(expectTrace(new TestNetwork()))).toBe('');
  expect(expectTrace(network, '0'.repeat(32)).calls).toEqual([]);
});
