import { Injectable } from '../container/injectable.js';
import type { Provider } from '../container/provider.js';
import { SystemClock } from '../clock/system-clock.js';
import { Context } from '../context/context.js';
import { moduleClass, start } from './fixtures/application.js';

abstract class Payments {
  abstract readonly name: string;
}

@Injectable()
class CardPayments extends Payments {
  readonly name = 'card';
}

@Injectable()
class Stock {}

const cards = { provide: Payments, useClass: CardPayments };

const startWith = (...providers: Provider[]) => start(moduleClass('AppModule', { providers }));

describe('lifetimes', () => {
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
