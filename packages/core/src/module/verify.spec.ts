import { Injectable } from '../container/injectable.js';
import { moduleClass, overriding, problemOf, problemsOf, untyped } from './fixtures/application.js';
import { Module } from './module.js';

@Injectable()
class Stock {}

class Plain {}

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
    const problem = await problemOf(untyped({ providers: [{ provide: 'stocks', useValue: 1 }], exports: [entry] }));
    expect(problem).toMatchObject({ code: 'SKERRY_MODULE_INVALID_EXPORT', path: ['AppModule'] });
    expect(problem.message).toContain(`Cannot ${what}`);
    expect(problem.fix).toContain(fix);
  });

  test('the nearest in sight are named', async () => {
    const { found } = await problemOf(untyped({ providers: [{ provide: 'stocks', useValue: 1 }], exports: ['stock'] }));
    expect(found).toEqual(["AppModule sees 'stocks'"]);
  });

  test('an imported module that exports nothing may be exported', async () => {
    expect(await problemsOf(untyped({ imports: [Far], exports: [Far] }))).toEqual([]);
  });
});

describe('an override that nothing uses', () => {
  test('is a problem, with the nearest that is provided', async () => {
    const overrides = overriding({ provide: 'stock', useValue: 1 }, Plain);
    const problems = await problemsOf(untyped({ providers: [{ provide: 'stocks', useValue: 1 }] }), { overrides });
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

test('checks of others are part of the same report', async () => {
  @Module({ providers: [undefined as never, Stock] })
  class AppModule {}
  const problems = await problemsOf(AppModule, {
    checks: [
      ({ providers }) =>
        providers
          .filter(({ type }) => type === Stock)
          .map(({ name }) => ({ code: 'SKERRY_SERVICE_INVALID', message: `${name}!`, path: [], found: [], fix: '' })),
    ],
  });
  expect(problems.map(({ code }) => code)).toEqual(['SKERRY_DI_INVALID_PROVIDER', 'SKERRY_SERVICE_INVALID']);
});
