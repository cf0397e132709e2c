import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '../container/injectable.js';
import { InjectionToken, type AbstractClass, type Token } from '../container/token.js';
import { moduleClass, problemOf } from './fixtures/application.js';
import { Ledger as Namesake } from './fixtures/namesake.js';
import { Ledger, LEDGER_OPTIONS, Port } from './fixtures/twice.js';
import { Module, type ModuleMetadata } from './module.js';

@Injectable()
class Stock {}

@Injectable()
class Orders {
  constructor(readonly stock: Stock) {}
}

const file = fileURLToPath(import.meta.url);
const lines = readFileSync(file, 'utf8').split('\n');
const here = {
  file: relative(process.cwd(), file),
  line: lines.indexOf('  constructor(readonly stock: Stock) {}') + 1,
};
const asks = (token: Token, name = 'asks') => ({ provide: name, useFactory: () => 1, inject: [token] });
const app = (metadata: ModuleMetadata) => moduleClass('AppModule', metadata);

describe('nothing provides it', () => {
  test('says who needs it, where, on which path, and what to add', async () => {
    const problem = await problemOf(app({ imports: [moduleClass('OrdersModule', { providers: [Orders] })] }));
    expect(problem).toMatchObject({
      code: 'SKERRY_DI_NO_PROVIDER',
      message: 'Cannot create Orders: nothing provides Stock (constructor parameter 0, "stock").',
      at: here,
      path: ['AppModule', 'OrdersModule', 'Orders', 'Stock'],
      found: [],
      fix: 'add Stock to OrdersModule.providers, or import a module that exports Stock',
    });
    expect(problem).not.toHaveProperty('cause');
  });

  test.each<[string, Token, string]>([
    ['a class without a decorator', Port, '{ provide: Port, useClass: ... }'],
    ['an InjectionToken', new InjectionToken('LIMIT'), '{ provide: LIMIT, useValue: ... }'],
    ['a string', 'dsn', "{ provide: 'dsn', useValue: ... }"],
    ['a symbol', Symbol('dsn'), '{ provide: Symbol(dsn), useValue: ... }'],
  ])('the fix fits the token: %s', async (_, token, provision) => {
    const problem = await problemOf(app({ providers: [asks(token)] }));
    expect(problem.fix).toContain(`add ${provision} to AppModule.providers`);
    expect(problem.message).toMatch(/^Cannot create 'asks': nothing provides .* \(factory parameter 0\)\.$/);
  });

  test('names the nearest, and whether they are in sight', async () => {
    const Far = moduleClass('Far', { providers: [{ provide: 'stocks', useValue: 1 }] });
    const { found } = await problemOf(
      app({ imports: [Far], providers: [asks('stock'), { provide: 'stoc', useValue: 1 }] }),
    );
    expect(found).toEqual(["AppModule provides 'stoc'", "Far provides 'stocks', which is not in sight here"]);
  });

  test('names the source that a derived token comes from', async () => {
    const token = new InjectionToken('CLIENT', { derivation: { from: 'clients', derive: () => 1 } });
    expect((await problemOf(app({ providers: [asks(token)] }))).message).toContain("nothing provides 'clients'");
  });

  test('says what another name names in vain', async () => {
    const problem = await problemOf(app({ providers: [{ provide: 'mine', useExisting: 'theirs' }] }));
    expect(problem.message).toBe("Cannot create 'mine': nothing provides 'theirs' (useExisting).");
  });

  test('a module class that asks for it is found by itself', async () => {
    @Module()
    class Needy {
      constructor(readonly stock: Stock) {}
    }
    expect(await problemOf(Needy)).toMatchObject({
      message: expect.stringMatching(/^Cannot create Needy: nothing provides Stock/) as string,
    });
  });
});

describe('an imported module keeps it', () => {
  test('the export is named that is missing', async () => {
    const Library = moduleClass('Library', { providers: [Stock] });
    expect(await problemOf(app({ imports: [Library], providers: [Orders] }))).toMatchObject({
      code: 'SKERRY_DI_NOT_EXPORTED',
      message:
        'Cannot create Orders: Library, which AppModule imports, does not export Stock (constructor parameter 0, "stock").',
      found: [expect.stringMatching(/^Library provides Stock \(.*application\.ts:\d+\)$/)],
      fix: 'add Stock to Library.exports',
    });
  });
});

describe('a module that is not imported has it', () => {
  const elsewhere = (Library: new () => object) =>
    problemOf(app({ imports: [Library, moduleClass('OrdersModule', { providers: [Orders] })] }));

  test('the import is named that is missing', async () => {
    expect(await elsewhere(moduleClass('Library', { providers: [Stock], exports: [Stock] }))).toMatchObject({
      code: 'SKERRY_DI_NOT_IMPORTED',
      message: expect.stringContaining('OrdersModule does not import the module that provides Stock') as string,
      found: [expect.stringMatching(/^Library provides Stock \(/)],
      fix: 'add Library to OrdersModule.imports',
    });
  });

  test('and the export, where that is missing too', async () => {
    expect(await elsewhere(moduleClass('Library', { providers: [Stock] }))).toMatchObject({
      code: 'SKERRY_DI_NOT_IMPORTED',
      found: [expect.stringContaining('Library provides Stock and does not export it')],
      fix: 'add Library to OrdersModule.imports, and Stock to Library.exports',
    });
  });

  test('of several the one that exports it is named', async () => {
    const Keeps = moduleClass('Keeps', { providers: [Stock] });
    const Exports = moduleClass('Exports', { providers: [Stock], exports: [Stock] });
    const Both = moduleClass('Both', { imports: [Keeps, Exports] });
    expect((await elsewhere(Both)).fix).toBe('add Exports to OrdersModule.imports');
  });

  test('no circle of imports is suggested', async () => {
    const OrdersModule = moduleClass('OrdersModule', { providers: [Orders] });
    const Middle = moduleClass('Middle', { imports: [OrdersModule] });
    expect(await problemOf(app({ imports: [Middle], providers: [Stock] }))).toMatchObject({
      code: 'SKERRY_DI_NOT_IMPORTED',
      found: [expect.stringContaining('AppModule provides Stock'), 'AppModule itself imports OrdersModule'],
      fix: 'move Stock into a module of its own that exports it, and import that in both',
    });
  });
});

describe('another of the same name is provided', () => {
  type Copy = typeof import('./fixtures/twice.js');
  let copy: Copy;
  beforeAll(async () => {
    const file: string = './fixtures/twice.js?copy';
    copy = (await import(file)) as Copy;
  });

  test.each<[string, (from: Copy) => AbstractClass]>([
    ['a class', (from) => from.Ledger],
    ['an abstract class', (from) => from.Port],
  ])('by a second copy of its file: %s', async (_, pick) => {
    const [mine, theirs] = [pick({ Ledger, Port, LEDGER_OPTIONS }), pick(copy)];
    expect(theirs).not.toBe(mine);
    const Library = moduleClass('Library', { providers: [{ provide: theirs, useValue: 1 }], exports: [theirs] });
    expect(await problemOf(app({ imports: [Library], providers: [asks(mine)] }))).toMatchObject({
      code: 'SKERRY_DI_DUPLICATE_CLASS',
      message: `Cannot create 'asks': Library provides another copy of the class ${mine.name} (factory parameter 0).`,
      cause: expect.stringContaining('installed twice') as string,
      fix: expect.stringContaining('npm dedupe') as string,
    });
  });

  test('both copies are located where they are decorated', async () => {
    const { found } = await problemOf(app({ providers: [copy.Ledger, asks(Ledger)] }));
    expect(found).toEqual([
      'AppModule provides the other copy (packages/core/src/module/fixtures/twice.ts:7)',
      'asked for is the copy (packages/core/src/module/fixtures/twice.ts:7)',
    ]);
  });

  test('by a class of another file that reads the same', async () => {
    expect(String(Namesake)).toBe(String(Ledger));
    expect(await problemOf(app({ providers: [Namesake, asks(Ledger)] }))).toMatchObject({
      code: 'SKERRY_DI_NO_PROVIDER',
      found: ['AppModule provides another Ledger (packages/core/src/module/fixtures/namesake.ts:5)'],
    });
  });

  test('by a class that reads otherwise', async () => {
    const Other = {
      Ledger: class Ledger {
        readonly other = true;
      },
    }.Ledger;
    expect(await problemOf(app({ providers: [{ provide: Other, useValue: 1 }, asks(Ledger)] }))).toMatchObject({
      code: 'SKERRY_DI_NO_PROVIDER',
      cause: expect.stringContaining('two classes have this name') as string,
      found: [expect.stringContaining('AppModule provides another Ledger')],
    });
  });

  test('by an InjectionToken without a key', async () => {
    const providers = [{ provide: copy.LEDGER_OPTIONS, useValue: {} }, asks(LEDGER_OPTIONS)];
    expect(await problemOf(app({ providers }))).toMatchObject({
      code: 'SKERRY_DI_NO_PROVIDER',
      cause: expect.stringContaining('by their key') as string,
      found: [expect.stringContaining('AppModule provides another LEDGER_OPTIONS')],
    });
  });
});
