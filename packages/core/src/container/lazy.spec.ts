import { bind, failure, lazily, started } from './fixtures/bind.js';
import type { Lazy } from './lazy.js';

describe('a lazy reference', () => {
  /** Two that need each other, and an alias between them. */
  function circle(use: (egg: Lazy<unknown>) => unknown) {
    const ids = { egg: Symbol('Egg'), alias: Symbol('alias') };
    const chicken = bind('Chicken', (egg: Lazy<unknown>) => ({ egg, used: use(egg) }), [
      lazily({ id: ids.alias, label: 'Egg' }),
    ]);
    const egg = { ...bind('Egg', (mother: unknown) => ({ mother }), [chicken]), id: ids.egg };
    const alias = { ...bind('alias', (existing: unknown) => existing, [egg], 'transient'), id: ids.alias };
    return { chicken, egg, bindings: [chicken, egg, alias] };
  }

  test('closes a circle', async () => {
    const { chicken, egg, bindings } = circle(() => undefined);
    const container = await started(...bindings);
    const made = container.get(chicken.id) as { egg: Lazy<{ mother: unknown }> };
    expect(made.egg.get()).toBe(container.get(egg.id));
    expect(made.egg.get().mother).toBe(made);
  });

  test('refuses to be read in a constructor, also through an alias, and says who asked', async () => {
    const { bindings } = circle((egg) => egg.get());
    const error = await failure(() => started(...bindings));
    expect(error.code).toBe('SKERRY_DI_NOT_READY');
    expect(error.message).toMatch(/^Cannot give Egg to Chicken yet/);
  });

  test('may be read in a constructor when its target exists', async () => {
    const target = bind('Target', () => 'there');
    const owner = bind('Owner', (given: Lazy<unknown>) => given.get(), [lazily(target)]);
    expect((await started(target, owner)).get(owner.id)).toBe('there');
  });

  test('to a transient gives a new one each time', async () => {
    let count = 0;
    const ticket = bind('Ticket', () => ++count, [], 'transient');
    const owner = bind('Owner', (given: Lazy<unknown>) => given, [lazily(ticket)]);
    const lazy = (await started(ticket, owner)).get(owner.id) as Lazy<number>;
    expect([lazy.get(), lazy.get()]).toEqual([1, 2]);
  });

  test('to several, or to something derived, gives the same as a plain dependency', async () => {
    const [one, two] = [bind('one', () => 1), bind('two', () => 2)];
    const many = { kind: 'many', ids: [one.id, two.id] } as const;
    const derived = { kind: 'derived', of: many, derive: (all: number[]) => all.length } as const;
    const owner = bind('Owner', (...given: unknown[]) => given, [
      { kind: 'lazy', of: many, label: 'all' },
      { kind: 'lazy', of: derived, label: 'count' },
      { kind: 'lazy', of: { kind: 'absent' }, label: 'none' },
    ]);
    const lazies = (await started(one, two, owner)).get(owner.id) as Lazy<unknown>[];
    expect(lazies.map((each) => each.get())).toEqual([[1, 2], 2, undefined]);
  });
});
