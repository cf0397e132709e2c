import { Inject, Injectable, InjectLazy } from '../container/injectable.js';
import type { Provider } from '../container/provider.js';
import { order } from './cycles.js';
import { moduleClass, problemOf, problemsOf, start } from './fixtures/application.js';
import type { ProviderNode } from './graph.js';

/** Factories that need each other, as `a: 'b c'` says. */
function needing(needs: Record<string, string>): Provider[] {
  return Object.entries(needs).map(([provide, list]) => ({
    provide,
    useFactory: () => provide,
    inject: list.split(' ').filter((each) => each !== ''),
  }));
}

const app = (providers: Provider[]) => moduleClass('AppModule', { providers });
const pathsOf = async (needs: Record<string, string>) =>
  (await problemsOf(app(needing(needs)))).map(
    ({ code, path }) => `${code} ${path.slice(1).join(' ').replaceAll("'", '')}`,
  );

describe('a circle', () => {
  test('of one is drawn', async () => {
    expect(await problemOf(app(needing({ a: 'a' })))).toMatchObject({
      code: 'SKERRY_DI_CYCLE',
      message: "Cannot create 'a': it needs itself.",
      path: ['AppModule', "'a'", "'a'"],
      drawing: ["┌─▶ 'a'", '└──── factory parameter 0'],
      fix: "let one of them get the other later: inject: [{ token: 'a', lazy: true }] in 'a' (factory parameter 0)",
    });
  });

  test('of two is drawn, with the parameters that close it', async () => {
    @Injectable()
    class Chicken {
      constructor(@Inject(() => Egg) readonly egg: unknown) {}
    }
    @Injectable()
    class Egg {
      constructor(readonly chicken: Chicken) {}
    }
    const problem = await problemOf(app([Chicken, Egg]));
    expect(problem).toMatchObject({
      message: 'Cannot create Chicken: it needs Egg, which needs Chicken.',
      path: ['AppModule', 'Chicken', 'Egg', 'Chicken'],
      drawing: [
        '┌─▶ Chicken',
        '│     ▼ constructor parameter 0, "egg"',
        '│   Egg',
        '└──── constructor parameter 0, "chicken"',
      ],
      fix: 'let one of them get the other later: @InjectLazy(() => Chicken) in Egg (constructor parameter 0, "chicken"); or move what both need into a third class',
    });
  });

  test('of three is drawn', async () => {
    const problem = await problemOf(app(needing({ x: 'a', a: 'x2 b', b: 'c', c: 'a', x2: '' })));
    expect(problem.message).toBe("Cannot create 'a': it needs 'b', which needs 'c', which needs 'a'.");
    expect(problem.drawing).toEqual([
      "┌─▶ 'a'",
      '│     ▼ factory parameter 1',
      "│   'b'",
      '│     ▼ factory parameter 0',
      "│   'c'",
      '└──── factory parameter 0',
    ]);
  });

  test('through another name is found, and the fix is where one can be', async () => {
    const alias = { provide: 'alias', useExisting: 'b' };
    const { drawing, fix } = await problemOf(app([...needing({ b: 'alias' }), alias]));
    expect(drawing).toEqual(["┌─▶ 'b'", '│     ▼ factory parameter 0', "│   'alias'", '└──── useExisting']);
    expect(fix).toContain("inject: [{ token: 'alias', lazy: true }] in 'b'");
    const loop = await problemOf(app([alias, { provide: 'b', useExisting: 'alias' }]));
    expect(loop.fix).toBe('let one of them be made by useClass, useValue or useFactory');
  });

  test('across modules is found', async () => {
    const Left: new () => object = moduleClass('Left', {
      imports: [() => Right],
      providers: needing({ left: 'right' }),
      exports: ['left'],
    });
    const Right = moduleClass('Right', { imports: [Left], providers: needing({ right: 'left' }), exports: ['right'] });
    expect((await problemOf(moduleClass('AppModule', { imports: [Left] }))).path).toEqual([
      'AppModule',
      'Left',
      "'left'",
      "'right'",
      "'left'",
    ]);
  });

  test('through a multi provider is found', async () => {
    const part = { provide: 'parts', useFactory: () => 1, inject: ['whole'], multi: true };
    expect((await problemOf(app([part, ...needing({ whole: 'parts' })]))).code).toBe('SKERRY_DI_CYCLE');
  });

  test('that is closed lazily is none', async () => {
    @Injectable()
    class Self {
      constructor(@InjectLazy(() => Self) readonly self: unknown) {}
    }
    expect(await problemsOf(app([Self]))).toEqual([]);
  });
});

describe('several circles', () => {
  test('are each drawn', async () => {
    expect(await pathsOf({ a: 'b', b: 'a', c: 'c', d: 'a c' })).toEqual([
      'SKERRY_DI_CYCLE a b a',
      'SKERRY_DI_CYCLE c c',
    ]);
  });

  test('that overlap are each drawn by their shortest', async () => {
    expect(await pathsOf({ a: 'b', b: 'c a', c: 'a d', d: 'c' })).toEqual([
      'SKERRY_DI_CYCLE a b a',
      'SKERRY_DI_CYCLE c d c',
    ]);
  });

  test('of which there are thousands do not explode: each provider is drawn, and no more circles than providers', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    const everyone = Object.fromEntries(names.map((name) => [name, names.join(' ')]));
    const paths = await pathsOf(everyone);
    expect(paths).toHaveLength(names.length);
    const ring = names.map((name, index) => [
      name,
      [1, 2, 3].map((step) => names[(index + step) % names.length]).join(' '),
    ]);
    const drawn = await pathsOf(Object.fromEntries(ring) as Record<string, string>);
    expect(drawn.length).toBeLessThan(names.length);
    expect(new Set(drawn.flatMap((path) => path.split(' ').slice(1)))).toEqual(new Set(names));
  });

  test('do not hide what else is wrong with who needs them', async () => {
    const request = { provide: 'user', useFactory: () => 1, scope: 'request' as const };
    const codes = (await problemsOf(app([request, ...needing({ a: 'b', b: 'a', c: 'a user' })]))).map(
      ({ code }) => code,
    );
    expect(codes).toEqual(['SKERRY_DI_CYCLE', 'SKERRY_DI_SCOPE_CAPTURE']);
  });
});

test('a chain that is longer than the call stack is verified, and is created', async () => {
  const length = 5_000;
  const chain = Array.from({ length }, (_, index) => ({
    provide: `link ${index}`,
    useFactory: (next = 0) => next + 1,
    inject: index + 1 < length ? [`link ${index + 1}`] : [],
  }));
  expect((await start(app(chain))).get('link 0')).toBe(length);
});

test('a circle that is longer than the call stack is found', async () => {
  const length = 5_000;
  const ring = Array.from({ length }, (_, index) => [`n${index}`, `n${(index + 1) % length}`]);
  const problem = await problemOf(app(needing(Object.fromEntries(ring) as Record<string, string>)));
  expect(problem.path).toHaveLength(length + 2);
});

test('ordering looks at each dependency a few times only, however long the chains are', () => {
  let looks = 0;
  const chain: ProviderNode[] = [];
  for (let index = 0; index < 2_000; index++) {
    const targets = chain.slice(-3);
    const edges = targets.length > 0 ? [{ lazy: false, targets }] : [];
    chain.push({
      name: `n${index}`,
      get edges() {
        looks++;
        return edges;
      },
    } as unknown as ProviderNode);
  }
  expect(order([...chain].reverse()).order).toEqual(chain);
  expect(looks).toBeLessThan(10 * chain.length);
});
