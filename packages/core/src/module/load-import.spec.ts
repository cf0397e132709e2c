import { Injectable } from '../container/injectable.js';
import { InjectionToken } from '../container/token.js';
import { builtIn, moduleClass, problemOf, problemsOf, untyped } from './fixtures/application.js';
import { GraphError } from './problem.js';
import { verify } from './verify.js';

@Injectable()
class Stock {}

class Plain {}

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
    const problem = await problemOf(untyped({ imports: [moduleClass('Other'), entry()] }));
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
    const failing = new Promise<never>((_, reject) => (fail = reject));
    const Inner = moduleClass('Inner', { imports: [{ module: moduleClass('Store'), imports: [failing] }] });
    const problems = problemsOf(untyped({ imports: [slow, Inner] }));
    fail(new Error('no address'));
    await nextTurn();
    finish(moduleClass('Slow'));
    expect((await problems).map(({ message }) => message)).toEqual([
      'Cannot import entry 0 of Store.imports: making it failed: no address.',
    ]);
  });

  test('a rejection that comes before the application starts is a problem of its start', async () => {
    const failed = Promise.reject(new Error('no address'));
    const Early = untyped({ imports: [{ module: moduleClass('Store'), imports: [failed] }] });
    await nextTurn();
    expect((await problemOf(Early)).message).toContain('making it failed: no address');
  });

  test('a rejection inside of what a promise brings is a problem as well', async () => {
    let fail!: (error: Error) => void;
    const failing = new Promise<never>((_, reject) => (fail = reject));
    let finish!: (module: unknown) => void;
    const slow = new Promise((resolve) => (finish = resolve));
    const store = Promise.resolve({ module: moduleClass('Store'), imports: [failing] });
    const problem = problemOf(untyped({ imports: [store, slow] }));
    await nextTurn();
    fail(new Error('no address'));
    await nextTurn();
    finish(moduleClass('Slow'));
    expect((await problem).message).toContain('entry 0 of Store.imports: making it failed: no address');
  });

  /** Time enough for a rejection that nobody handles to be noticed. */
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
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
