import { Inject, Injectable, InjectLazy, Optional } from '../container/injectable.js';
import type { Lazy } from '../container/lazy.js';
import type { Provider } from '../container/provider.js';
import { InjectionToken } from '../container/token.js';
import { SystemClock } from '../clock/system-clock.js';
import { Context } from '../context/context.js';
import { moduleClass, overriding, start } from './fixtures/application.js';

abstract class Payments {
  abstract readonly name: string;
}

@Injectable()
class CardPayments extends Payments {
  readonly name = 'card';
}

@Injectable()
class Stock {}

@Injectable()
class Orders {
  constructor(
    readonly payments: Payments,
    readonly stock: Stock,
  ) {}
}

const LIMIT = new InjectionToken<number>('LIMIT');
const cards = { provide: Payments, useClass: CardPayments };

const startWith = (...providers: Provider[]) => start(moduleClass('AppModule', { providers }));

describe('a provider', () => {
  test('is a class, which provides itself', async () => {
    const app = await startWith(Stock, Orders, cards);
    const orders = app.get(Orders);
    expect(orders).toBeInstanceOf(Orders);
    expect(orders.stock).toBe(app.get(Stock));
    expect(orders.payments).toBeInstanceOf(CardPayments);
  });

  test('is a value, whatever it is', async () => {
    const tokens = ['text', Symbol('symbol'), LIMIT, Payments] as const;
    const values = [undefined, null, 0, new CardPayments()];
    const app = await startWith(...tokens.map((provide, index) => ({ provide, useValue: values[index] })));
    expect(tokens.map((token) => app.get<unknown>(token))).toEqual(values);
  });

  test('is a factory, which gets what it lists', async () => {
    const app = await startWith(
      Stock,
      { provide: LIMIT, useValue: 3 },
      {
        provide: 'all',
        useFactory: (...given: unknown[]) => given,
        inject: [LIMIT, () => Stock, { token: 'missing', optional: true }, { token: () => Stock, lazy: true }],
      },
    );
    const [limit, stock, missing, lazy] = app.get<unknown[]>('all');
    expect([limit, stock, missing]).toEqual([3, app.get(Stock), undefined]);
    expect((lazy as Lazy<Stock>).get()).toBe(app.get(Stock));
  });

  test('is an asynchronous factory, which everything that needs it waits for', async () => {
    const app = await startWith(
      { provide: 'twice', useFactory: (limit: number) => limit * 2, inject: [LIMIT] },
      { provide: LIMIT, useFactory: () => Promise.resolve(3) },
    );
    expect(app.get('twice')).toBe(6);
  });

  test('is another name for what has one, and adds no instance', async () => {
    const app = await startWith(
      cards,
      { provide: CardPayments, useExisting: Payments },
      { provide: 'pay', useExisting: CardPayments },
    );
    expect(app.get('pay')).toBe(app.get(Payments));
    const labels = app.container.created.map(({ binding }) => binding.label);
    expect(labels.sort()).toEqual(['AppModule', 'BuiltIn', 'Payments']);
  });

  test('is created after what it needs, wherever it stands', async () => {
    const app = await startWith(Orders, cards, Stock);
    const order = app.container.created.map(({ binding }) => binding.label);
    expect(order.indexOf('Orders')).toBeGreaterThan(order.indexOf('Payments'));
    expect(order.indexOf('Orders')).toBeGreaterThan(order.indexOf('Stock'));
  });
});

describe('tokens', () => {
  test('with the same key are the same to who provides and who asks', async () => {
    const [here, there] = ['LIMIT', 'THE_LIMIT'].map(
      (name) => new InjectionToken<number>(name, { key: Symbol.for('limit') }),
    );
    const app = await startWith(
      { provide: here!, useValue: 3 },
      { provide: 'asks', useFactory: (limit: number) => limit, inject: [there!] },
    );
    expect(app.get('asks')).toBe(3);
  });

  test('that are derived come from their source, unless somebody provides them', async () => {
    const SHOUT = new InjectionToken<string>('SHOUT', {
      derivation: { from: 'word', derive: (word: string) => `${word}!` },
    });
    const asks = { provide: 'asks', useFactory: (word: string) => word, inject: [SHOUT] };
    const lazily = {
      provide: 'lazily',
      useFactory: (word: Lazy<string>) => word,
      inject: [{ token: SHOUT, lazy: true }],
    };
    const derived = await startWith({ provide: 'word', useValue: 'hello' }, asks, lazily);
    expect(derived.get('asks')).toBe('hello!');
    expect(derived.get<Lazy<string>>('lazily').get()).toBe('hello!');
    const provided = await startWith({ provide: 'word', useValue: 'hello' }, asks, {
      provide: SHOUT,
      useValue: 'mine',
    });
    expect(provided.get('asks')).toBe('mine');
    const absent = await startWith({ ...asks, inject: [{ token: SHOUT, optional: true }] });
    expect(absent.get('asks')).toBeUndefined();
  });

  test('that are derived, of the same key, are each derived their own way', async () => {
    const key = Symbol('client');
    const [quick, patient] = [1, 9].map(
      (timeout) =>
        new InjectionToken('client', {
          key,
          derivation: { from: 'word', derive: (word: string) => `${word} ${timeout}` },
        }),
    );
    const asks = { provide: 'asks', useFactory: (...given: string[]) => given, inject: [quick!, patient!] };
    const app = await startWith({ provide: 'word', useValue: 'within' }, asks);
    expect(app.get('asks')).toEqual(['within 1', 'within 9']);
    const doubled = await start(moduleClass('AppModule', { providers: [asks] }), {
      overrides: overriding({ provide: quick!, useValue: 'double' }),
    });
    expect(doubled.get('asks')).toEqual(['double', 'double']);
  });
});

describe('decorators of parameters', () => {
  test('name the token, make it optional, and make it lazy', async () => {
    @Injectable()
    class Shop {
      constructor(
        @Inject(LIMIT) readonly limit: number,
        @Inject(() => Later) readonly later: unknown,
        @Optional() @Inject('missing') readonly missing: unknown,
        @InjectLazy(() => Later) readonly lazy: Lazy<unknown>,
        @Optional() @InjectLazy('missing') readonly lazyMissing?: Lazy<unknown>,
        @Optional() readonly payments?: Payments,
      ) {}
    }
    @Injectable()
    class Later {}
    const app = await startWith(Shop, Later, { provide: LIMIT, useValue: 3 });
    const shop = app.get(Shop);
    expect(shop).toMatchObject({
      limit: 3,
      later: app.get(Later),
      payments: undefined,
      missing: undefined,
      lazyMissing: undefined,
    });
    expect(shop.lazy.get()).toBe(app.get(Later));
  });

  test('let two classes need each other', async () => {
    @Injectable()
    class Chicken {
      constructor(@InjectLazy(() => Egg) readonly egg: Lazy<unknown>) {}
    }
    @Injectable()
    class Egg {
      constructor(readonly chicken: Chicken) {}
    }
    const app = await startWith(Chicken, Egg);
    expect(app.get(Chicken).egg.get()).toBe(app.get(Egg));
    expect(app.get(Egg).chicken).toBe(app.get(Chicken));
  });
});

describe('scopes', () => {
  @Injectable({ scope: 'transient' })
  class Ticket {}

  @Injectable({ scope: 'request' })
  class CurrentUser {}

  const context = () => new Context(new SystemClock(), { deadline: Infinity });

  test('are singleton by default, for every kind of provider', async () => {
    const app = await startWith(Stock, cards, { provide: 'made', useFactory: () => ({}) });
    for (const token of [Stock, Payments, 'made']) expect(app.get(token)).toBe(app.get(token));
  });

  test('come from the class, and from the provider before it', async () => {
    const app = await startWith(
      Ticket,
      CurrentUser,
      { provide: 'one ticket', useClass: Ticket, scope: 'singleton' },
      { provide: 'tickets', useClass: Ticket },
      { provide: 'numbers', useFactory: () => ({}), scope: 'transient' },
    );
    expect(app.get('one ticket')).toBe(app.get('one ticket'));
    for (const token of [Ticket, 'tickets', 'numbers']) expect(app.get(token)).not.toBe(app.get(token));
    const first = context().run(() => app.get(CurrentUser));
    expect(context().run(() => app.get(CurrentUser))).not.toBe(first);
  });

  test('of another name are those of what it names', async () => {
    const app = await startWith(
      Stock,
      Ticket,
      CurrentUser,
      ...[Stock, Ticket, CurrentUser].map((useExisting) => ({
        provide: `my ${useExisting.name}`,
        useExisting,
      })),
    );
    expect(app.get('my Stock')).toBe(app.get(Stock));
    expect(app.get('my Ticket')).not.toBe(app.get('my Ticket'));
    context().run(() => expect(app.get('my CurrentUser')).toBe(app.get(CurrentUser)));
    expect(() => app.get('my CurrentUser')).toThrow('outside of a request');
  });

  test('of a request are shared by who lives as long', async () => {
    @Injectable({ scope: 'request' })
    class Cart {
      constructor(
        readonly user: CurrentUser,
        readonly stock: Stock,
      ) {}
    }
    const app = await startWith(Cart, CurrentUser, Stock);
    context().run(() => {
      expect(app.get(Cart).user).toBe(app.get(CurrentUser));
      expect(app.get(Cart).stock).toBe(app.get(Stock));
    });
  });
});

describe('fallbacks and multi providers', () => {
  const value = (useValue: unknown, more: { multi?: boolean; fallback?: boolean } = {}) => ({
    provide: 'it',
    useValue,
    ...more,
  });
  const exporting = (name: string, ...providers: Provider[]) => moduleClass(name, { providers, exports: ['it'] });
  const startApp = (imports: readonly (new () => object)[], ...providers: Provider[]) =>
    start(moduleClass('AppModule', { imports, providers }));

  test.each([
    ['in the same module', [], [value('far', { fallback: true }), value('it')]],
    ['imported, before the module’s own', [exporting('One', value('it'))], [value('near', { fallback: true })]],
    [
      'imported from another module',
      [exporting('One', value('far', { fallback: true })), exporting('Two', value('it'))],
      [],
    ],
  ])('a fallback loses against what is in sight: %s', async (_, imports, providers) => {
    expect((await startApp(imports, ...providers)).get('it')).toBe('it');
  });

  test('a fallback loses against a global module, also in the module that has it', async () => {
    const Global = moduleClass('Global', { providers: [value('it')], exports: ['it'], global: true });
    const Library = moduleClass('Library', { providers: [value('own', { fallback: true })] });
    const app = await startApp([Library, Global]);
    expect(app.get('it', Library)).toBe('it');
  });

  test('a fallback serves where nothing else is in sight, the nearest first', async () => {
    const Library = exporting('Library', value('far', { fallback: true }));
    expect((await startApp([Library])).get('it')).toBe('far');
    expect((await startApp([Library], value('near', { fallback: true }))).get('it')).toBe('near');
  });

  test('multi providers are collected: the module’s own, then imports in order, then global ones', async () => {
    const multi = (name: string) => value(name, { multi: true });
    const Global = moduleClass('Global', { providers: [multi('global')], exports: ['it'], global: true });
    const imports = [exporting('One', multi('one'), multi('another')), Global, exporting('Two', multi('two'))];
    const app = await startApp(imports, multi('own'), {
      provide: 'asks',
      useFactory: (all: unknown) => all,
      inject: ['it'],
    });
    expect(app.get('it')).toEqual(['own', 'one', 'another', 'global', 'two']);
    expect(app.get('asks')).toEqual(app.get('it'));
    expect((await startApp([], multi('alone'))).get('it')).toEqual(['alone']);
  });

  test('multi providers that are fallbacks give way to those that are not', async () => {
    const byDefault = value('default', { multi: true, fallback: true });
    expect((await startApp([], byDefault)).get('it')).toEqual(['default']);
    expect((await startApp([exporting('One', value('one', { multi: true }))], byDefault)).get('it')).toEqual(['one']);
    expect((await startApp([], byDefault, value('single'))).get('it')).toBe('single');
  });
});
