import { Injectable } from '../container/injectable.js';
import { problemOf, problemsOf, untyped } from './fixtures/application.js';

@Injectable()
class Stock {}

class Plain {}

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
      'no token as existing',
      { provide: 'it', useExisting: 5 },
      "the useExisting of 'it' is 5, which is no token",
      'a token that is provided',
    ],
    [
      'an unknown scope',
      { provide: 'it', useFactory: () => 1, scope: 'session' },
      "its scope is 'session'",
      'singleton, request, transient',
    ],
  ])('%s', async (_, entry, what, fix) => {
    const problem = await problemOf(untyped({ providers: [Plain, entry] }));
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
    const problems = await problemsOf(untyped({ providers }));
    expect(problems.map(({ message }) => message)).toEqual([
      "Cannot use entry 0 of AppModule.providers: its scope is 'session'.",
      "Cannot use entry 1 of AppModule.providers: its scope is 'session'.",
    ]);
  });

  test('leaves the others in use', async () => {
    expect(
      await problemsOf(
        untyped({ providers: [undefined, Stock, { provide: 'it', useFactory: () => 1, inject: [Stock] }] }),
      ),
    ).toHaveLength(1);
  });
});
