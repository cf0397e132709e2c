import { Inject, Injectable, InjectLazy, Optional } from '../container/injectable.js';
import type { Lazy } from '../container/lazy.js';
import type { Provider } from '../container/provider.js';
import { InjectionToken } from '../container/token.js';
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
