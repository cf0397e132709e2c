import { Injectable } from '../container/injectable.js';
import { InjectionToken } from '../container/token.js';
import { builtIn, moduleClass, overriding, problemOf, problemsOf } from './fixtures/application.js';
import { Module, type ModuleMetadata } from './module.js';
import { GraphError } from './problem.js';
import { verify } from './verify.js';

@Injectable()
class Stock {}

class Plain {}

/** Whatever it may be: applications are not always type-checked. */
const app = (metadata: { readonly [K in keyof ModuleMetadata]: unknown }) =>
  moduleClass('AppModule', metadata as ModuleMetadata);

describe('an entry of providers that is none', () => {
  test.each<[string, unknown, string, string]>([
    ['undefined', undefined, 'it is undefined', 'break the circle of imports'],
    ['null', null, 'it is null', 'break the circle of imports'],
    ['a string', 'Stock', 'it is no class and has no `provide`', 'write the class itself'],
    ['an arrow function', () => Stock, 'it is no class and has no `provide`', 'write the class itself'],
    ['an object without a token', { useClass: Stock }, 'it is no class and has no `provide`', 'write the class itself'],
    ['an undefined token', { provide: undefined, useClass: Stock }, 'its `provide` is undefined', 'break the circle'],
    ['a number as token', { provide: 5, useValue: 1 }, 'its `provide` is 5, which is no token', 'provide a class'],
    ['an empty token', { provide: '', useValue: 1 }, "its `provide` is '', which is no token", 'provide a class'],
    [
      'an object as token',
      { provide: {}, useValue: 1 },
      'its `provide` is an object, which is no token',
      'provide a class',
    ],
    ['no recipe', { provide: Stock }, 'it provides Stock in no way, or in several', 'exactly one of useClass'],
    [
      'two recipes',
      { provide: Stock, useClass: Stock, useValue: 1 },
      'it provides Stock in no way, or in several',
      'exactly one of',
    ],
    [
      'an undefined class',
      { provide: Stock, useClass: undefined },
      'the useClass of Stock is undefined',
      'break the circle',
    ],
    [
      'no class as class',
      { provide: Stock, useClass: () => Stock },
      'the useClass of Stock is a function, which is no class',
      'class',
    ],
    [
      'no function as factory',
      { provide: 'it', useFactory: 5 },
      "the useFactory of 'it' is 5, which is no function",
      'function',
    ],
    [
      'an undefined name',
      { provide: 'it', useExisting: undefined },
      "the useExisting of 'it' is undefined",
      'break the circle',
    ],
    [
      'an unknown scope',
      { provide: 'it', useFactory: () => 1, scope: 'session' },
      "its scope is 'session'",
      'singleton, request, transient',
    ],
  ])('%s', async (_, entry, what, fix) => {
    const problem = await problemOf(app({ providers: [Plain, entry] }));
    expect(problem).toMatchObject({
      code: 'SKERRY_DI_INVALID_PROVIDER',
      message: `Cannot use entry 1 of AppModule.providers: ${what}.`,
      path: ['AppModule'],
      fix: expect.stringContaining(fix) as string,
    });
    expect(problem.at).toBeDefined();
  });

  test('a class whose own scope is unknown', async () => {
    @Injectable({ scope: 'session' as never })
    class Session {}
    const providers = [
      Session,
      { provide: 'it', useClass: Session },
      { provide: 'fine', useClass: Session, scope: 'request' },
    ];
    const problems = await problemsOf(app({ providers }));
    expect(problems.map(({ message }) => message)).toEqual([
      "Cannot use entry 0 of AppModule.providers: its scope is 'session'.",
      "Cannot use entry 1 of AppModule.providers: its scope is 'session'.",
    ]);
  });

  test('leaves the others in use', async () => {
    expect(
      await problemsOf(app({ providers: [undefined, Stock, { provide: 'it', useFactory: () => 1, inject: [Stock] }] })),
    ).toHaveLength(1);
  });
});

describe('an entry of imports that is no module', () => {
  const broken = () => {
    throw new Error('no address');
  };
  test.each<[string, () => unknown, string, string]>([
    ['undefined', () => undefined, 'it is undefined', 'by an arrow function: () => OtherModule'],
    ['null', () => null, 'it is null', 'by an arrow function'],
    ['a function that returns nothing', () => () => undefined, 'it is undefined', 'by an arrow function'],
    ['a provider', () => Stock, 'Stock is a provider, not a module', 'move Stock to providers'],
    [
      'a provider object',
      () => ({ provide: 'dsn', useValue: 1 }),
      "it is a provider of 'dsn', not a module",
      'move it to providers',
    ],
    ['a plain class', () => Plain, 'Plain is a class, not a module', 'decorate Plain with @Module({ ... })'],
    ['a plain object', () => ({ forRoot: true }), 'it is an object without `module`', 'import a class with @Module'],
    [
      'an InjectionToken',
      () => new InjectionToken('LIMIT'),
      'it is an object without `module`',
      'import a class with @Module',
    ],
    [
      'a dynamic module without its class',
      () => ({ module: 'StoreModule' }),
      'its `module` is no class',
      'module: ItsClass',
    ],
    ['a number', () => 5, 'it is the number 5', 'import a class with @Module'],
    ['a string', () => 'StoreModule', 'it is the string StoreModule', 'import a class with @Module'],
    ['a function that throws', () => broken, 'making it failed: no address', 'mend what makes the module'],
    [
      'a promise that rejects',
      () => Promise.reject(new Error('no address')),
      'making it failed: no address',
      'mend what makes',
    ],
    [
      'a promise that rejects with no error',
      () => Promise.reject('no address'),
      'making it failed: no address',
      'mend what makes',
    ],
    [
      'a promise of a provider',
      () => Promise.resolve(Stock),
      'Stock is a provider, not a module',
      'move Stock to providers',
    ],
  ])('%s', async (_, entry, what, fix) => {
    const problem = await problemOf(app({ imports: [moduleClass('Other'), entry()] }));
    expect(problem).toMatchObject({
      code: 'SKERRY_MODULE_INVALID_IMPORT',
      message: `Cannot import entry 1 of AppModule.imports: ${what}.`,
      path: ['AppModule'],
      fix: expect.stringContaining(fix) as string,
    });
  });

  test('a rejection that comes while another import takes its time is a problem, and not the end of the process', async () => {
    let finish!: (module: unknown) => void;
    const slow = new Promise((resolve) => (finish = resolve));
    let fail!: (error: Error) => void;
    const failing = new Promise((_, reject) => (fail = reject));
    const problems = problemsOf(app({ imports: [slow, moduleClass('Inner', { imports: [failing as never] })] }));
    fail(new Error('no address'));
    await nextTurn();
    finish(moduleClass('Slow'));
    expect((await problems).map(({ message }) => message)).toEqual([
      'Cannot import entry 0 of Inner.imports: making it failed: no address.',
    ]);
  });

  test('a rejection that comes before the application starts is a problem of its start', async () => {
    const Early = app({ imports: [Promise.reject(new Error('no address'))] });
    await nextTurn();
    expect((await problemOf(Early)).message).toContain('making it failed: no address');
  });

  /** Time enough for a rejection that nobody handles to be noticed. */
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
});

describe('an entry of exports that is neither provided nor imported', () => {
  const Far = moduleClass('Far');
  test.each<[string, unknown, string, string]>([
    [
      'a token that nobody provides',
      'stock',
      "export 'stock' from AppModule (entry 0 of exports): the module neither provides nor imports it",
      "add 'stock' to AppModule.providers",
    ],
    [
      'a module that is not imported',
      Far,
      'export Far from AppModule (entry 0 of exports): the module neither',
      'add Far to AppModule.imports as well',
    ],
    [
      'undefined',
      undefined,
      'use entry 0 of AppModule.exports: it is undefined, which is no token and no module class',
      'export a class',
    ],
    [
      'null',
      null,
      'use entry 0 of AppModule.exports: it is null, which is no token and no module class',
      'export a class',
    ],
    [
      'a dynamic module object',
      { module: Far },
      'use entry 0 of AppModule.exports: it is an object, which is no token and no module class',
      'the class of an imported module',
    ],
    [
      'a number',
      5,
      'use entry 0 of AppModule.exports: it is 5, which is no token and no module class',
      'export a class',
    ],
  ])('%s', async (_, entry, what, fix) => {
    const problem = await problemOf(app({ providers: [{ provide: 'stocks', useValue: 1 }], exports: [entry] }));
    expect(problem).toMatchObject({ code: 'SKERRY_MODULE_INVALID_EXPORT', path: ['AppModule'] });
    expect(problem.message).toContain(`Cannot ${what}`);
    expect(problem.fix).toContain(fix);
  });

  test('the nearest in sight are named', async () => {
    const { found } = await problemOf(app({ providers: [{ provide: 'stocks', useValue: 1 }], exports: ['stock'] }));
    expect(found).toEqual(["AppModule sees 'stocks'"]);
  });

  test('an imported module that exports nothing may be exported', async () => {
    expect(await problemsOf(app({ imports: [Far], exports: [Far] }))).toEqual([]);
  });
});

describe('an override that nothing uses', () => {
  test('is a problem, with the nearest that is provided', async () => {
    const overrides = overriding({ provide: 'stock', useValue: 1 }, Plain);
    const problems = await problemsOf(app({ providers: [{ provide: 'stocks', useValue: 1 }] }), { overrides });
    expect(problems).toMatchObject([
      {
        code: 'SKERRY_DI_UNUSED_OVERRIDE',
        message: "Cannot override 'stock': nothing in AppModule provides it.",
        found: ["'stocks' is provided"],
        fix: expect.stringContaining('remove the override') as string,
      },
      { code: 'SKERRY_DI_UNUSED_OVERRIDE', message: 'Cannot override Plain: nothing in AppModule provides it.' },
    ]);
  });
});

describe('a root that is no module', () => {
  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'it is undefined'],
    ['a class without @Module', Plain, 'Plain is a class, not a module'],
    ['a provider', Stock, 'Stock is a provider, not a module'],
    ['an object', {}, 'it is an object without `module`'],
    [
      'an arrow function that throws',
      () => {
        throw new Error('no address');
      },
      'making it failed: no address',
    ],
  ])('%s', async (_, root, what) => {
    const error = await verify(root, { builtIn }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({
      root: 'The application',
      problems: [
        {
          code: 'SKERRY_MODULE_INVALID_IMPORT',
          message: `Cannot use the root module: ${what}.`,
          fix: 'pass a class decorated with @Module({ ... })',
        },
      ],
    });
  });
});

test('checks of others are part of the same report', async () => {
  @Module({ providers: [undefined as never, Stock] })
  class AppModule {}
  const problems = await problemsOf(AppModule, {
    checks: [
      (providers) =>
        providers
          .filter(({ type }) => type === Stock)
          .map(({ name }) => ({ code: 'SKERRY_SERVICE_INVALID', message: `${name}!`, path: [], found: [], fix: '' })),
    ],
  });
  expect(problems.map(({ code }) => code)).toEqual(['SKERRY_DI_INVALID_PROVIDER', 'SKERRY_SERVICE_INVALID']);
});
