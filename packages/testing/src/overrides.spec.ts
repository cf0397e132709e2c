import {
  Guard,
  Handler,
  Inject,
  Injectable,
  Interceptor,
  Module,
  Service,
  Subscribe,
  type DynamicModule,
  type HandlerCall,
} from '@skerry/core';
import { TestApp } from './index.js';

@Injectable()
class Nobody implements Guard {
  allows(): boolean {
    return false;
  }
}

@Injectable()
class Shout implements Interceptor {
  intercept(_call: HandlerCall, next: () => unknown): unknown {
    return Promise.resolve(next()).then((words) => `${String(words)}!`);
  }
}

const everybody = { allows: () => true };
const quiet = { intercept: (_call: HandlerCall, next: () => unknown) => next() };

@Service('plain')
class Plain {
  @Handler()
  async speak(): Promise<string> {
    return 'hello';
  }
}

@Service('guarded', { guards: [Nobody], interceptors: [Shout] })
class GuardedClass {
  @Handler()
  async speak(): Promise<string> {
    return 'hello';
  }
}

@Service('handler')
class GuardedHandler {
  @Handler({ guards: [Nobody], interceptors: [Shout] })
  async speak(): Promise<string> {
    return 'hello';
  }
}

const bound = {
  'for the application, by useClass': [
    Plain,
    { provide: Guard, useClass: Nobody, multi: true },
    { provide: Interceptor, useClass: Shout, multi: true },
  ],
  'for the application, by useExisting': [
    Plain,
    ...[Nobody, Shout],
    { provide: Guard, useExisting: Nobody, multi: true },
    { provide: Interceptor, useExisting: Shout, multi: true },
  ],
  'for the application, by useValue': [
    Plain,
    { provide: Guard, useValue: new Nobody(), multi: true },
    { provide: Interceptor, useValue: new Shout(), multi: true },
  ],
  'for a service': [GuardedClass, Nobody, Shout],
  'for a handler': [GuardedHandler, Nobody, Shout],
};

describe.each(Object.entries(bound))('a guard and an interceptor that are bound %s', (_how, providers) => {
  @Module({ providers })
  class BoundModule {}
  const service =
    (providers[0] as { name: string }) === GuardedClass ? 'guarded' : providers[0] === Plain ? 'plain' : 'handler';

  test('stand in the way, and are overridden by their classes', async () => {
    const real = await TestApp.create(BoundModule).start();
    await expect(real.client<Plain>(service).speak()).rejects.toMatchObject({ code: 'SKERRY_RPC_DENIED' });
    await real.close();

    const open = await TestApp.create(BoundModule).override(Nobody).useValue(everybody).start();
    await expect(open.client<Plain>(service).speak()).resolves.toBe('hello!');
    await open.close();

    const app = await TestApp.create(BoundModule)
      .override(Nobody)
      .useValue(everybody)
      .override(Shout)
      .useValue(quiet)
      .start();
    await expect(app.client<Plain>(service).speak()).resolves.toBe('hello');
    await app.close();
  });
});

test('one of several guards of the application is overridden, and the others stay', async () => {
  @Injectable()
  class Other implements Guard {
    allows(): boolean {
      return false;
    }
  }
  @Module({
    providers: [
      Plain,
      { provide: Guard, useClass: Other, multi: true },
      { provide: Guard, useClass: Nobody, multi: true },
    ],
  })
  class TwiceModule {}
  const app = await TestApp.create(TwiceModule).override(Nobody).useValue(everybody).start();
  await expect(app.client(Plain).speak()).rejects.toMatchObject({ details: { guard: 'Other' } });
  await app.close();
});

test('a guard of a subscription is overridden', async () => {
  const seen: string[] = [];
  @Service('listener')
  class Listener {
    @Subscribe('said', { queue: 'listener', guards: [Nobody], message: String, attempts: 1 })
    async heard(word: string): Promise<void> {
      seen.push(word);
    }
  }
  @Module({ providers: [Listener, Nobody] })
  class ListenerModule {}
  const { Broker } = await import('@skerry/core');
  const app = await TestApp.create(ListenerModule).override(Nobody).useValue(everybody).start();
  const spy = app.spy<string>('said');
  await app.get(Broker).publish('said', 'hello');
  await spy.handled.next();
  expect(seen).toEqual(['hello']);
  await app.close();
});

test('a guard that nothing binds is an error, with what is near', async () => {
  @Injectable()
  class Nobodi implements Guard {
    allows(): boolean {
      return true;
    }
  }
  @Module({ providers: [GuardedHandler, Nobody, Shout] })
  class GuardedModule {}
  const starting = TestApp.create(GuardedModule).override(Nobodi).useValue(everybody).start();
  await expect(starting).rejects.toMatchObject({
    problems: [{ code: 'SKERRY_DI_UNUSED_OVERRIDE', found: ['Nobody is provided'] }],
  });
});

describe('a module', () => {
  abstract class Payments {
    abstract charge(): string;
  }
  @Injectable()
  class RealPayments {
    charge(): string {
      return 'charged for real';
    }
  }
  @Module({ providers: [{ provide: Payments, useClass: RealPayments }], exports: [Payments] })
  class PaymentsModule {
    static forRoot(): DynamicModule {
      return { module: PaymentsModule };
    }
  }
  @Module({ providers: [{ provide: Payments, useValue: { charge: () => 'fake' } }], exports: [Payments] })
  class FakePaymentsModule {}

  @Injectable()
  class Till {
    constructor(@Inject(Payments) readonly payments: Payments) {}
  }
  @Module({ imports: [PaymentsModule.forRoot()], exports: [PaymentsModule] })
  class SharedModule {}
  @Module({ imports: [SharedModule], providers: [Till] })
  class ShopModule {}

  test('is replaced where it is imported and where it is exported', async () => {
    const app = await TestApp.create(ShopModule).overrideModule(PaymentsModule).useModule(FakePaymentsModule).start();
    expect(app.get(Till).payments.charge()).toBe('fake');
    expect(app.application.graph.modules.map(({ name }) => name)).not.toContain('PaymentsModule');
    await app.close();
  });

  test('may be used by what takes its place', async () => {
    @Injectable()
    class Careful {
      constructor(@Inject('wrapped') private readonly wrapped: RealPayments) {}
      charge(): string {
        return `${this.wrapped.charge()}, carefully`;
      }
    }
    @Module({
      imports: [PaymentsModule],
      providers: [
        { provide: Payments, useClass: Careful },
        { provide: 'wrapped', useClass: RealPayments },
      ],
      exports: [Payments],
    })
    class CarefulModule {}
    const app = await TestApp.create(ShopModule)
      .overrideModule(PaymentsModule)
      .useModule({ module: CarefulModule })
      .start();
    expect(app.get(Till).payments.charge()).toBe('charged for real, carefully');
    await app.close();
  });

  test('that nothing imports is an error, with what is near', async () => {
    @Module({})
    class PaymentModule {}
    const starting = TestApp.create(ShopModule).overrideModule(PaymentModule).useModule(FakePaymentsModule).start();
    await expect(starting).rejects.toMatchObject({
      problems: [{ code: 'SKERRY_DI_UNUSED_OVERRIDE', found: expect.arrayContaining(['PaymentsModule is imported']) }],
    });
  });
});
