import * as core from '@skerry/core';
import {
  BROKER_DRIVER,
  Handler,
  HealthCheck,
  Injectable,
  Interceptor,
  MemoryBrokerDriver,
  MemoryBrokerEngine,
  Module,
  Service,
  Skerry,
  SystemClock,
  type Class,
  type ModuleMetadata,
  type OnModuleInit,
} from '@skerry/core';
import { unusedIn } from './unused.js';

@Injectable()
class Book {}

@Service('orders')
class Orders {
  constructor(readonly book: Book) {}

  @Handler()
  async place(): Promise<void> {
    // Nothing to place.
  }
}

function moduleClass(name: string, metadata: ModuleMetadata): Class {
  const type = { [name]: class {} }[name]!;
  Module(metadata)(type);
  return type;
}

/** `import StockModule of AppModule: because`. */
async function unused(root: Class): Promise<string[]> {
  const found = unusedIn(await Skerry.create(root, { env: {} }), core);
  return found.map(({ what, name, module, because }) => `${what} ${name} of ${module}: ${because}`);
}

test('what a service needs is needed, and so is what has hooks or checks health', async () => {
  @Injectable()
  class Warmer implements OnModuleInit {
    onModuleInit(): void {
      // Nothing to warm.
    }
  }
  @Injectable()
  class Pulse {
    @HealthCheck()
    beat(): void {
      // Beats.
    }
  }
  expect(await unused(moduleClass('AppModule', { providers: [Orders, Book, Warmer, Pulse] }))).toEqual([]);
});

test('a provider that nobody needs is told, and what only such a one needs', async () => {
  @Injectable()
  class Report {
    constructor(readonly book: Book) {}
  }
  const found = unusedIn(
    await Skerry.create(moduleClass('AppModule', { providers: [Report, Book] }), { env: {} }),
    core,
  );
  expect(found).toEqual([
    {
      ...{ what: 'provider', name: 'Report', module: 'AppModule', because: 'nobody needs it' },
      at: expect.stringMatching(/^packages\/cli\/src\/insight\/unused\.spec\.ts:\d+$/),
      fix: 'remove it from AppModule.providers',
    },
    expect.objectContaining({ name: 'Book', because: 'only Report needs it, which is unused too' }),
  ]);
});

test('what stands before handlers is needed', async () => {
  @Injectable()
  class Timing extends Interceptor {
    override intercept(_call: core.HandlerCall, next: () => Promise<unknown>): Promise<unknown> {
      return next();
    }
  }
  @Service('timed', { interceptors: [Timing] })
  class Timed {
    @Handler()
    async run(): Promise<void> {
      // Nothing to run.
    }
  }
  expect(await unused(moduleClass('AppModule', { providers: [Timed, Timing] }))).toEqual([]);
});

test('a module of which nothing is used need not be imported, nor export anything', async () => {
  const book = moduleClass('BookModule', { providers: [Book], exports: [Book] });
  expect(await unused(moduleClass('AppModule', { imports: [book], providers: [Orders] }))).toEqual([]);
  expect(await unused(moduleClass('AppModule', { imports: [book] }))).toEqual([
    'import BookModule of AppModule: nothing in AppModule asks for what it exports',
    'provider Book of BookModule: nobody needs it',
    'export Book of BookModule: nobody outside of BookModule asks for it',
  ]);
});

test('a module that is imported for its services is needed where it is imported first, and in no other place', async () => {
  const orders = moduleClass('OrdersModule', { providers: [Orders, Book], exports: [Book] });
  const other = moduleClass('OtherModule', { imports: [orders] });
  expect(await unused(moduleClass('AppModule', { imports: [orders] }))).toEqual([
    'export Book of OrdersModule: nobody outside of OrdersModule asks for it',
  ]);
  expect(await unused(moduleClass('AppModule', { imports: [orders, other] }))).toEqual(
    expect.arrayContaining(['import OrdersModule of OtherModule: nothing in OtherModule asks for what it exports']),
  );
});

test('what is passed on is needed as long as somebody asks for it', async () => {
  const book = moduleClass('BookModule', { providers: [Book], exports: [Book] });
  const shelf = moduleClass('ShelfModule', { imports: [book], exports: [book] });
  expect(await unused(moduleClass('AppModule', { imports: [shelf], providers: [Orders] }))).toEqual([]);
});

test('an engine is needed by Skerry itself, and exports of the root by nobody', async () => {
  const driver = new MemoryBrokerDriver(new MemoryBrokerEngine(new SystemClock()));
  const providers = [{ provide: BROKER_DRIVER, useValue: driver }];
  const queue = moduleClass('QueueModule', { providers, exports: [BROKER_DRIVER], global: true });
  expect(await unused(moduleClass('AppModule', { imports: [queue] }))).toEqual([]);
  const plain = moduleClass('PlainModule', { providers, exports: [BROKER_DRIVER] });
  expect(await unused(moduleClass('AppModule', { imports: [plain] }))).toEqual([]);
  expect(await unused(moduleClass('AppModule', { providers: [Orders, Book], exports: [Book] }))).toEqual([
    'export Book of AppModule: nobody imports AppModule',
  ]);
});
