import { Inject, Injectable, Optional } from '../container/injectable.js';
import { InjectionToken, type Class } from '../container/token.js';
import { moduleClass, problemOf, problemsOf } from './fixtures/application.js';

class Stock {}

const LIMIT = new InjectionToken<number>('LIMIT');

interface Settings {
  readonly currency: string;
}

const app = (...providers: Class[]) =>
  moduleClass('AppModule', { providers: [...providers, Stock, { provide: LIMIT, useValue: 3 }] });

test('a lost type is reported at its parameter, with the constructor drawn around it', async () => {
  @Injectable()
  class Orders {
    constructor(
      readonly stock: Stock,
      @Inject(LIMIT) readonly limit: number,
      readonly settings: Settings,
    ) {}
  }
  expect(await problemOf(app(Orders))).toMatchObject({
    code: 'SKERRY_DI_LOST_METADATA',
    message:
      'Cannot create Orders: the type of a parameter is lost, Object was found in its place (constructor parameter 2, "settings").',
    path: ['AppModule', 'Orders', '?'],
    cause: expect.stringContaining('interface') as string,
    found: ['Orders(Stock, LIMIT, ?)'],
    fix: 'name the token: @Inject(Token), or @Inject(() => Token) for a class that is defined later',
  });
});

test('each lost type is a problem of its own', async () => {
  @Injectable()
  class Orders {
    constructor(
      readonly currency: string,
      readonly stock: Stock,
      readonly done: () => void,
    ) {}
  }
  const problems = await problemsOf(app(Orders));
  expect(problems.map(({ found }) => found)).toEqual([['Orders(?, Stock, ?)'], ['Orders(?, Stock, ?)']]);
  expect(problems.map(({ message }) => /lost, (\w+)/.exec(message)?.[1])).toEqual(['String', 'Function']);
});

test('a class without a decorator is told to have one, at its module', async () => {
  class Orders {
    constructor(readonly stock: Stock) {}
  }
  const problem = await problemOf(app(Orders));
  expect(problem).toMatchObject({ code: 'SKERRY_DI_LOST_METADATA', found: ['Orders(?)'] });
  expect(problem.message).toContain('nothing was found in its place');
  expect(problem.cause).toContain('Orders has no decorator: add @Injectable()');
  expect(problem.at?.file).toMatch(/application\.ts$/);
});

test('a compiler that records no types is named', async () => {
  @Injectable()
  class Orders {
    constructor(readonly stock: Stock) {}
  }
  Reflect.deleteMetadata('design:paramtypes', Orders);
  expect((await problemOf(app(Orders))).cause).toMatch(/esbuild and tsx never do/);
});

test('a class of a circle of imports, compiled to CommonJS, is named as such', async () => {
  @Injectable()
  class Orders {
    constructor(readonly stock: Stock) {}
  }
  Reflect.defineMetadata('design:paramtypes', [undefined], Orders);
  expect((await problemOf(app(Orders))).cause).toContain('two files import each other');
});

test('an optional parameter must say what it wants as well', async () => {
  @Injectable()
  class Orders {
    constructor(@Optional() readonly settings?: Settings) {}
  }
  expect((await problemOf(app(Orders))).code).toBe('SKERRY_DI_LOST_METADATA');
});

test('a token that was undefined when the decorator ran is to be named by an arrow function', async () => {
  @Injectable()
  class Orders {
    constructor(@Inject(undefined as never) readonly stock: unknown) {}
  }
  expect((await problemOf(app(Orders))).cause).toContain('() => Token');
});

test('a factory and another name are told where the token goes', async () => {
  const none = undefined as never;
  const providers = [
    { provide: 'made', useFactory: () => 1, inject: [none] },
    { provide: 'named', useExisting: (() => none) as never },
  ];
  const problems = await problemsOf(moduleClass('AppModule', { providers }));
  expect(problems.map(({ message, fix, found }) => [message, fix, found])).toEqual([
    [expect.stringContaining("Cannot create 'made'"), 'put a token into inject', []],
    [expect.stringContaining('(useExisting)'), 'put a token into useExisting', []],
  ]);
});

test('the parameter of an inherited constructor is shown where it is declared', async () => {
  @Injectable()
  class Parent {
    constructor(
      readonly stock: Stock,
      readonly settings: Settings, // in the parent
    ) {}
  }
  @Injectable()
  class Child extends Parent {}
  const [own, inherited] = await problemsOf(app(Parent, Child));
  expect(inherited?.message).toContain('Cannot create Child');
  expect(inherited?.message).toContain('"settings"');
  expect(inherited?.at).toEqual(own?.at);
});
