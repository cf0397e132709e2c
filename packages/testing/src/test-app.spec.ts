import { connect, createServer, type Server } from 'node:net';
import {
  Clock,
  clientToken,
  Context,
  Handler,
  Inject,
  Injectable,
  InjectClient,
  Module,
  Registry,
  Service,
  type Client,
  type Guard,
  type HandlerCall,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@skerry/core';
import { ManualClock, TestApp, TestNetwork } from './index.js';

@Injectable()
class Prices {
  of(sku: string): number {
    return sku.length;
  }
}

@Service('stock')
class Stock {
  @Handler()
  async count(): Promise<number> {
    return 7;
  }
}

@Service('shop')
class Shop {
  constructor(
    private readonly prices: Prices,
    @InjectClient('stock') private readonly stock: Client<Stock>,
  ) {}

  @Handler({ request: String })
  async quote(sku: string): Promise<{ price: number; inStock: number }> {
    return { price: this.prices.of(sku), inStock: await this.stock.count() };
  }
}

@Module({ providers: [Stock] })
class StockModule {}

@Injectable()
class OrdersOnly implements Guard {
  allows({ context }: HandlerCall): boolean {
    return context.peer?.identity?.spiffeId === 'spiffe://shop.example/orders';
  }
}

@Service('vault', { guards: [OrdersOnly] })
class Vault {
  @Handler()
  async open(): Promise<object> {
    return Context.current()!.peer!.identity!;
  }
}

@Module({ providers: [Vault, OrdersOnly] })
class VaultModule {}

@Module({ providers: [Shop, Prices] })
class ShopModule {}

describe('a test application', () => {
  test('calls another one on the same network; one call closes both', async () => {
    const network = new TestNetwork();
    const stock = await TestApp.create(StockModule, { network }).start();
    const shop = await TestApp.create(ShopModule, { network }).start();
    await expect(shop.client<Shop>('shop').quote('A1')).resolves.toEqual({ price: 2, inStock: 7 });
    await network.close();
    expect(shop.application.state).toBe('stopped');
    expect(stock.application.state).toBe('stopped');
  });

  test('is to the others on its network who the test says, and nobody otherwise', async () => {
    const network = new TestNetwork();
    await TestApp.create(VaultModule, { network }).start();
    const identity = { spiffeId: 'spiffe://shop.example/orders' };
    const orders = await TestApp.create(StockModule, { network, identity }).start();
    const nobody = await TestApp.create(ShopModule, { network }).start();
    await expect(orders.client(Vault).open()).resolves.toEqual({
      ...{ spiffeId: 'spiffe://shop.example/orders', dnsNames: [], subject: '', fingerprint256: '' },
      validTo: expect.any(String),
    });
    await expect(nobody.client(Vault).open()).rejects.toMatchObject({ code: 'SKERRY_RPC_DENIED' });
    await network.close();
  });

  test('has no part in another network', async () => {
    const stock = await TestApp.create(StockModule).start();
    const shop = await TestApp.create(ShopModule).start();
    const quote = shop.client<Shop>('shop').quote('A1', { timeoutMs: 50 });
    await expect(quote).rejects.toMatchObject({ code: expect.stringMatching(/NO_NODE|DEADLINE/) });
    await shop.close();
    await stock.close();
  });

  test('has any part replaced: by a value, a class, a factory', async () => {
    class Free {
      of(): number {
        return 0;
      }
    }
    const builders = [
      TestApp.create(ShopModule)
        .override(Prices)
        .useValue({ of: () => 0 }),
      TestApp.create(ShopModule).override(Prices).useClass(Free),
      TestApp.create(ShopModule)
        .override(Prices)
        .useFactory((clock: Clock) => ({ of: () => clock.now() * 0 }), [Clock]),
    ];
    for (const builder of builders) {
      const app = await builder
        .override(clientToken<Client<Stock>>('stock'))
        .useValue({ count: async () => 1 })
        .start();
      await expect(app.client<Shop>('shop').quote('A1')).resolves.toEqual({ price: 0, inStock: 1 });
      await app.close();
    }
  });

  test('has building blocks replaced as well', async () => {
    const app = await TestApp.create(StockModule).override(Clock).useValue(new ManualClock()).start();
    expect(app.get(Clock)).toBeInstanceOf(ManualClock);
    expect(app.get(Registry).engine).toBe('memory');
    await app.close();
  });

  test('does not start when an override replaces nothing, and names what is near', async () => {
    @Injectable()
    class Pricse {}
    const starting = TestApp.create(ShopModule).override(Pricse).useValue({}).start();
    await expect(starting).rejects.toMatchObject({
      problems: [{ code: 'SKERRY_DI_UNUSED_OVERRIDE', found: ['Prices is provided'] }],
    });
  });

  test('records its log and its events', async () => {
    const app = await TestApp.create(StockModule).start();
    await app.close();
    expect(app.logs.map(({ message }) => message)).toContain('StockModule has stopped');
    expect(app.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['ready', 'stopped']));
  });

  test('reports a timer and a socket that were left open, and where they were opened', async () => {
    let server!: Server;
    const timers: NodeJS.Timeout[] = [];

    @Injectable()
    class Leaky implements OnModuleInit {
      async onModuleInit(): Promise<void> {
        timers.push(setInterval(() => undefined, 60_000));
        server = createServer();
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      }
    }
    @Module({ providers: [Leaky] })
    class LeakyModule {}

    const app = await TestApp.create(LeakyModule).start();
    const error = await app.close().catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'SKERRY_TEST_LEAK' });
    expect((error as Error).message).toMatch(/LeakyModule left 2 open/);
    expect((error as Error).message).toMatch(/timer opened at .*test-app\.spec\.ts/);
    // Node opens a server in a later turn, so where it was asked to is not to be had.
    expect((error as Error).message).toContain('TCP server opened');
    timers.forEach((timer) => clearInterval(timer));
    server.close();
  });

  test('reports nothing of what was closed, nor of what the test itself has open', async () => {
    const own = setInterval(() => undefined, 60_000);

    @Injectable()
    class Tidy implements OnModuleInit, OnApplicationShutdown {
      private timer?: NodeJS.Timeout;
      private server?: Server;
      async onModuleInit(): Promise<void> {
        this.timer = setInterval(() => undefined, 60_000);
        const server = (this.server = createServer((socket) => socket.end()));
        const port = await new Promise<number>((resolve) =>
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
        );
        const socket = connect(port, '127.0.0.1').resume();
        await new Promise((resolve) => socket.once('close', resolve));
      }
      async onApplicationShutdown(): Promise<void> {
        clearInterval(this.timer);
        await new Promise((resolve) => this.server!.close(resolve));
      }
    }
    @Module({ providers: [Tidy] })
    class TidyModule {}

    const app = await TestApp.create(TidyModule).start();
    await expect(app.close()).resolves.toBeUndefined();
    clearInterval(own);
  });

  test('rejects closing with the hook that failed', async () => {
    @Injectable()
    class Clumsy implements OnApplicationShutdown {
      onApplicationShutdown(): void {
        throw new Error('dropped it');
      }
    }
    @Module({ providers: [Clumsy] })
    class ClumsyModule {}
    const app = await TestApp.create(ClumsyModule).start();
    await expect(app.close()).rejects.toMatchObject({ code: 'SKERRY_APP_HOOK_FAILED' });
  });

  test('injects by token as the application does', async () => {
    @Injectable()
    class Uses {
      constructor(@Inject('limit') readonly limit: number) {}
    }
    @Module({ providers: [Uses, { provide: 'limit', useValue: 3 }] })
    class UsesModule {}
    const app = await TestApp.create(UsesModule).override('limit').useValue(5).start();
    expect(app.get(Uses).limit).toBe(5);
    await app.close();
  });
});
