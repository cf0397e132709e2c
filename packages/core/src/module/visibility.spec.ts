import { Injectable } from '../container/injectable.js';
import { Module, type ModuleMetadata } from './module.js';
import { moduleClass, problemOf, problemsOf, start } from './fixtures/application.js';

/** A module that provides its own name as `it`, and one that asks for `it`. */
const provides = (name: string, metadata: ModuleMetadata = {}) =>
  moduleClass(name, {
    ...metadata,
    providers: [{ provide: 'it', useValue: name }],
    exports: ['it', ...(metadata.exports ?? [])],
  });
const asks = (name: string, metadata: ModuleMetadata = {}) =>
  moduleClass(name, { ...metadata, providers: [{ provide: 'asks', useFactory: (it: unknown) => it, inject: ['it'] }] });

async function answer(Asking: new () => object, imports: ModuleMetadata['imports'] = []): Promise<unknown> {
  return (await start(moduleClass('AppModule', { imports: [...imports, Asking] }))).get('asks', Asking);
}

describe('a module sees', () => {
  test('its own providers, exported or not', async () => {
    const app = await start(moduleClass('AppModule', { providers: [{ provide: 'it', useValue: 'own' }] }));
    expect(app.get('it')).toBe('own');
  });

  test('what its imports export, and not what they keep', async () => {
    const Library = moduleClass('Library', {
      providers: ['open', 'secret'].map((each) => ({ provide: each, useValue: each })),
      exports: ['open'],
    });
    const app = await start(moduleClass('AppModule', { imports: [Library] }));
    expect(app.get('open')).toBe('open');
    expect(() => app.get('secret')).toThrow('none');
  });

  test('nothing of the modules that its imports import', async () => {
    const Middle = moduleClass('Middle', { imports: [provides('Far')] });
    const app = await start(moduleClass('AppModule', { imports: [Middle] }));
    expect(app.get('it', Middle)).toBe('Far');
    expect(() => app.get('it')).toThrow('none');
  });

  test('nothing of the module that imports it', async () => {
    const Inner = asks('Inner');
    const problem = await problemOf(
      moduleClass('AppModule', { imports: [Inner], providers: [{ provide: 'it', useValue: 1 }], exports: ['it'] }),
    );
    expect(problem.code).toBe('SKERRY_DI_NOT_IMPORTED');
  });

  test.each([
    [
      'as whole modules',
      () => {
        const Far = provides('Far');
        return { imports: [Far], exports: [Far] };
      },
    ],
    ['token by token', () => ({ imports: [provides('Far')], exports: ['it'] })],
  ])('what its imports export again: %s', async (_, metadata) => {
    const Middle = moduleClass('Middle', metadata());
    expect(
      await answer(asks('Asking', { imports: [moduleClass('Outer', { imports: [Middle], exports: [Middle] })] })),
    ).toBe('Far');
  });

  test('only the token that is exported again', async () => {
    const Far = moduleClass('Far', {
      providers: ['a', 'b'].map((each) => ({ provide: each, useValue: each })),
      exports: ['a', 'b'],
    });
    const Middle = moduleClass('Middle', { imports: [Far], exports: ['a'] });
    const app = await start(moduleClass('AppModule', { imports: [Middle] }));
    expect(app.get('a')).toBe('a');
    expect(() => app.get('b')).toThrow('none');
  });

  test('what global modules export, wherever they are imported', async () => {
    expect(
      await answer(asks('Asking'), [moduleClass('Deep', { imports: [provides('Global', { global: true })] })]),
    ).toBe('Global');
  });

  test('what Skerry’s own module exports', async () => {
    const Own = moduleClass('Own');
    const builtIn = { module: Own, providers: [{ provide: 'it', useValue: 'Skerry' }], exports: ['it'] };
    const app = await start(asks('AppModule'), { builtIn });
    expect(app.get('asks')).toBe('Skerry');
  });
});

describe('the nearest wins', () => {
  test('the module’s own before what it imports, and that before what is global', async () => {
    const Global = provides('Global', { global: true });
    const Own = moduleClass('Own', {
      imports: [provides('Near')],
      providers: [
        { provide: 'it', useValue: 'Own' },
        { provide: 'asks', useFactory: (it: unknown) => it, inject: ['it'] },
      ],
    });
    expect(await answer(Own, [Global])).toBe('Own');
    expect(await answer(asks('Asking', { imports: [provides('Near')] }), [Global])).toBe('Near');
    expect(await answer(asks('Asking'), [Global])).toBe('Global');
  });

  test('what is exported is what the exporting module sees as nearest', async () => {
    const Middle = moduleClass('Middle', {
      imports: [provides('Far')],
      providers: [{ provide: 'it', useValue: 'Middle' }],
      exports: ['it'],
    });
    expect(await answer(asks('Asking', { imports: [Middle] }))).toBe('Middle');
  });
});

describe('a module that is reached in several ways', () => {
  test('is one: its provider is created once, and is not ambiguous', async () => {
    let count = 0;
    const Far = moduleClass('Far', { providers: [{ provide: 'it', useFactory: () => ++count }], exports: ['it'] });
    const [Left, Right] = ['Left', 'Right'].map((name) => moduleClass(name, { imports: [Far], exports: [Far] }));
    expect(await answer(asks('Asking', { imports: [Left!, Right!, Far, Far] }), [Far])).toBe(1);
    expect(count).toBe(1);
  });

  test('is one when it is global and imported as well', async () => {
    const Global = provides('Global', { global: true });
    expect(await answer(asks('Asking', { imports: [Global] }), [Global])).toBe('Global');
  });
});

describe('modules that import each other', () => {
  test('see what the other exports, through an arrow function', async () => {
    @Injectable()
    class Mail {}
    @Injectable()
    class Orders {
      constructor(readonly mail: Mail) {}
    }
    @Module({ imports: [() => MailModule], providers: [Orders], exports: [Orders] })
    class OrdersModule {}
    @Module({ imports: [OrdersModule], providers: [Mail, { provide: 'orders', useExisting: Orders }], exports: [Mail] })
    class MailModule {}
    const app = await start(moduleClass('AppModule', { imports: [OrdersModule, MailModule] }));
    expect(app.get(Orders).mail).toBe(app.get(Mail));
    expect(app.get('orders', MailModule)).toBe(app.get(Orders));
  });

  test('and export each other give the same to all, in whatever order they are reached', async () => {
    for (const first of ['Left', 'Right'] as const) {
      const exports: (string | (new () => object))[] = ['left'];
      const Left: new () => object = moduleClass('Left', {
        imports: [() => Right],
        providers: [{ provide: 'left', useValue: 'left' }],
        exports,
      });
      const Right = moduleClass('Right', {
        imports: [Left],
        providers: [{ provide: 'right', useValue: 'right' }],
        exports: ['right', Left],
      });
      exports.push(Right);
      const modules = { Left, Right };
      const app = await start(moduleClass('AppModule', { imports: [modules[first]] }));
      expect([app.get('left'), app.get('right')]).toEqual(['left', 'right']);
    }
  });
});

test('a module class gets what it asks for, and can be asked for itself', async () => {
  @Injectable()
  class Stock {}
  @Module({ providers: [Stock] })
  class StockModule {
    constructor(readonly stock: Stock) {}
  }
  @Module({ imports: [StockModule] })
  class AppModule {}
  const app = await start(AppModule);
  const { stock } = app.get(StockModule, StockModule);
  expect(stock).toBe(app.get(Stock, StockModule));
  expect(app.get(AppModule)).toBeInstanceOf(AppModule);
});

test('an application without mistakes has no problems', async () => {
  expect(await problemsOf(asks('AppModule', { imports: [provides('One')] }))).toEqual([]);
});
