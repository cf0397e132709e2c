import { IsInt, IsString, Min } from 'class-validator';
import { Clients, Handler, Injectable, InjectClient, Module, Service, SkerryError, type Client } from '@skerry/core';
import { expectTrace, ManualClock, TestApp, TestNetwork } from '../index.js';

class Charge {
  @IsString()
  order!: string;

  @IsInt()
  @Min(1)
  cents!: number;
}
class Receipt {
  @IsString()
  id!: string;
}

@Service('payments')
class Payments {
  @Handler({ reply: Receipt })
  async charge(_request: Charge): Promise<Receipt> {
    throw new Error('never in a test');
  }

  @Handler({ reply: Receipt })
  async *receipts(): AsyncGenerator<Receipt> {
    yield { id: 'real' };
  }

  @Handler({ kind: 'client-stream', request: Charge })
  async chargeAll(requests: AsyncIterable<Charge>): Promise<number> {
    let sum = 0;
    for await (const { cents } of requests) sum += cents;
    return sum;
  }
}

@Service('shop')
class Shop {
  constructor(@InjectClient('payments') private readonly payments: Client<Payments>) {}

  @Handler({ request: Number })
  async order(cents: number): Promise<string> {
    return (await this.payments.charge({ order: 'A1', cents })).id;
  }

  @Handler()
  async all(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id } of this.payments.receipts()) ids.push(id);
    return ids;
  }

  @Handler()
  async bulk(): Promise<number> {
    return this.payments.chargeAll([
      { order: 'A', cents: 1 },
      { order: 'B', cents: 2 },
    ]);
  }
}

@Module({ providers: [Shop] })
class ShopModule {}

describe.each([
  ['its name', 'payments'],
  ['its class', Payments],
] as const)('a client that is overridden by %s', (_by, service) => {
  test('answers as it is told, with whole streams, and records what it was called with', async () => {
    const app = await TestApp.create(ShopModule)
      .overrideClient<Payments>(service)
      .useValue({
        charge: async ({ cents }) => ({ id: `R${cents}` }),
        async *receipts() {
          yield { id: 'one' };
          yield { id: 'two' };
        },
        chargeAll: async (requests) => {
          let sum = 0;
          for await (const { cents } of requests as AsyncIterable<Charge>) sum += cents;
          return sum;
        },
      })
      .start();
    const shop = app.client(Shop);
    await expect(shop.order(5)).resolves.toBe('R5');
    await expect(shop.all()).resolves.toEqual(['one', 'two']);
    if (service === Payments) await expect(shop.bulk()).resolves.toBe(3);
    expect(app.clientDouble<Payments>(service).charge.calls).toEqual([[{ order: 'A1', cents: 5 }]]);
    await app.close();
  });

  test('is told later what to answer, where it is an automatic one', async () => {
    const app = await TestApp.create(ShopModule).overrideClient<Payments>(service).useDouble().start();
    const double = app.clientDouble<Payments>(service);
    double.charge.returns({ id: 'R1' }, { id: 'R2' });
    double.receipts.yields({ id: 'three' });
    const shop = app.client(Shop);
    expect([await shop.order(1), await shop.order(1), await shop.order(1)]).toEqual(['R1', 'R2', 'R2']);
    await expect(shop.all()).resolves.toEqual(['three']);
    double.charge.rejects(new SkerryError('DECLINED', 'no money', { status: 'FAILED_PRECONDITION' }));
    await expect(shop.order(1)).rejects.toMatchObject({ code: 'DECLINED', message: 'no money' });
    await app.close();
  });

  test('says so when it has no answer', async () => {
    const app = await TestApp.create(ShopModule).overrideClient<Payments>(service).useValue({}).start();
    await expect(app.client(Shop).order(1)).rejects.toMatchObject({
      code: 'SKERRY_TEST_NO_ANSWER',
      message: expect.stringContaining('charge'),
    });
    await app.close();
  });

  test('gives what is no SkerryError as a call would', async () => {
    const app = await TestApp.create(ShopModule)
      .overrideClient<Payments>(service)
      .useValue({
        charge: () => {
          throw new TypeError('secret');
        },
      })
      .start();
    await expect(app.client<Payments>('payments').charge({ order: 'A', cents: 1 })).rejects.toMatchObject({
      code: 'SKERRY_RPC_INTERNAL',
    });
    await app.close();
  });
});

describe('a client that is overridden by its class', () => {
  test('checks requests as the service would', async () => {
    const app = await TestApp.create(ShopModule)
      .overrideClient(Payments)
      .useValue({ charge: async () => ({ id: 'R1' }) })
      .start();
    await expect(app.client(Shop).order(0)).rejects.toMatchObject({
      code: 'SKERRY_VALIDATION_FAILED',
      message: expect.stringContaining('payments.charge'),
    });
    expect(app.clientDouble(Payments).charge.calls).toEqual([]);
    await app.close();
  });

  test('has the handlers of the class, and no others', async () => {
    const app = await TestApp.create(ShopModule).overrideClient(Payments).useDouble().start();
    const client = app.client<{ charg(): Promise<void> }>('payments');
    await expect(client.charg()).rejects.toMatchObject({
      code: 'SKERRY_RPC_UNKNOWN_ENDPOINT',
      message: expect.stringContaining('Did you mean charge'),
    });
    await app.close();
  });

  test('shares nothing with its callers', async () => {
    const receipt = { id: 'R1' };
    const app = await TestApp.create(ShopModule)
      .overrideClient(Payments)
      .useValue({ charge: async () => receipt })
      .start();
    const reply = await app.client(Payments).charge({ order: 'A', cents: 1 });
    reply.id = 'changed';
    expect(receipt.id).toBe('R1');
    await app.close();
  });

  test('ends at its deadline, and with the work that calls', async () => {
    const network = new TestNetwork(new ManualClock());
    const app = await TestApp.create(ShopModule, { network })
      .overrideClient(Payments)
      .useValue({ charge: () => new Promise(() => undefined) })
      .start();
    const alone = app.client(Payments).charge({ order: 'A', cents: 1 }, { timeoutMs: 300 });
    await expect(app.eventually(() => alone)).rejects.toThrow(/payments\.charge did not answer within 300 ms/);
    const through = app.client(Shop).order(1, { timeoutMs: 100 });
    await expect(app.eventually(() => through)).rejects.toMatchObject({
      cause: { code: 'SKERRY_RPC_DEADLINE_EXCEEDED' },
    });
    // Else the handler would run on, and keep the application from ending.
    await network.close();
  });

  test('is seen in the trace', async () => {
    const app = await TestApp.create(ShopModule).overrideClient(Payments).useDouble().start();
    app.clientDouble(Payments).charge.returns({ id: 'R1' });
    await app.client(Shop).order(1);
    expect(String(expectTrace(app))).toBe('shop.order ok\n└─ payments.charge ok, a double');
    await app.close();
  });
});

test('a client that nothing injects is not overridden, and what is near is named', async () => {
  const starting = TestApp.create(ShopModule).overrideClient('paymnets').useDouble().start();
  await expect(starting).rejects.toMatchObject({
    problems: [{ code: 'SKERRY_DI_UNUSED_OVERRIDE', found: ["the client of 'payments' is injected"] }],
  });
});

test('a client that is asked for by a name at run time is overridden', async () => {
  @Injectable()
  class Anything {
    constructor(readonly clients: Clients) {}
  }
  @Module({ providers: [Anything] })
  class AnyModule {}
  const app = await TestApp.create(AnyModule).overrideClient(Payments).useDouble().start();
  app.clientDouble(Payments).charge.returns({ id: 'R9' });
  const client = app.get(Anything).clients.of<Payments>('payments');
  await expect(client.charge({ order: 'A', cents: 1 })).resolves.toEqual({ id: 'R9' });
  await app.close();
});
