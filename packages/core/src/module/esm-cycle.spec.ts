import { SkerryError } from '../errors/skerry-error.js';
import { CompiledFolder } from '../container/fixtures/compile.js';
import { explainImportError } from './esm-cycle.js';

interface Explained {
  readonly code: string;
  readonly message: string;
  readonly details: { readonly name?: string; readonly files?: readonly string[] };
  readonly cause: string;
}

/** Applications as tsc compiles them, each in a folder of its own with an `app.ts`. Decorators need classes at once. */
const applications: Record<string, Record<string, string>> = {
  'two files': {
    'app.ts': `export * from './orders.js';`,
    'orders.ts': `
      import { Injectable } from '../core/container/injectable.js';
      import { Payments } from './payments.js';
      @Injectable()
      export class Orders {
        constructor(readonly payments: Payments) {}
      }`,
    'payments.ts': `
      import { Injectable } from '../core/container/injectable.js';
      import { Orders } from './orders.js';
      @Injectable()
      export class Payments {
        constructor(readonly orders: Orders) {}
      }`,
  },
  'a barrel': {
    'app.ts': `import './orders.js';`,
    'orders.ts': `import { Payments } from './index.js'; export class Orders extends Payments {}`,
    'index.ts': `/* import './unrelated.js' */ export { Unrelated } from './unrelated.js'; export * from './payments.js'; export * from './orders.js';`,
    'unrelated.ts': `export class Unrelated {}`,
    'payments.ts': `import { Unrelated, Orders } from "./index.js"; console.assert(Unrelated); export class Payments extends Orders {}`,
  },
  'a folder/with spaces': {
    'app.ts': `import './a.js';`,
    'a.ts': `import { B } from './b.js'; export class A extends B {}`,
    'b.ts': `import { A } from './a.js'; export class B extends A {}`,
  },
  'types only': {
    'app.ts': `import './a.js';`,
    'a.ts': `import type { B } from './b.js'; export const a: B | undefined = undefined; export const c = d; const d = 1;`,
    'b.ts': `import { a } from './a.js'; export type B = typeof a;`,
  },
  'one file': {
    'app.ts': `
      import './other.js';
      function early() { return Later; }
      early();
      class Later {}`,
    'other.ts': `export const other = 1;`,
  },
  'another circle': {
    'app.ts': `import './a.js'; use(); function use() { return Later; } class Later {}`,
    'a.ts': `import './b.js';`,
    'b.ts': `import './a.js';`,
  },
  'a circle beside': {
    'app.ts': `import './a.js';`,
    'a.ts': `import './b.js'; export const a = () => Later; a(); class Later {}`,
    'b.ts': `import { a } from './a.js'; export const b = () => a;`,
  },
  'two circles': {
    'app.ts': `import './a.js';`,
    'a.ts': `import { B } from './b.js'; export class A extends B {}`,
    'b.ts': `import { C } from './c.js'; import { A } from './a.js'; export const c = () => C; export class B extends A {}`,
    'c.ts': `import { B } from './b.js'; export class C { readonly type = B; }`,
  },
  'a comment': {
    'app.ts': `import './a.js';`,
    'a.ts': `import { B } from './b.js'; export class A extends B {}`,
    'b.ts': `import { A } from './index.js'; export class B extends A {}`,
    'index.ts': `/* import { B } from './b.js'; */ export * from './a.js';`,
  },
  'a namespace': {
    'app.ts': `import './a.js';`,
    'a.ts': `import './b.js'; export class A {}`,
    'b.ts': `import * as a from './a.js'; export class B extends a.A {}`,
  },
  'a call': {
    'app.ts': `import './a.js';`,
    'a.ts': `import './b.js'; export function make() { return new A(); } class A {}`,
    'b.ts': `import { make } from './a.js'; make();`,
  },
  'an unknown name': { 'app.ts': `export const a = notDefinedAnywhere;` },
  'a throw': { 'app.ts': `interface Vanishes { a: 1 }\n\nthrow new TypeError('no address');` },
  'a thrown string': { 'app.ts': `throw 'no address';` },
  'a missing file': { 'app.ts': `import './missing.js';` },
  'a missing export': {
    'app.ts': `import { nothing } from './other.js'; nothing();`,
    'other.ts': `export const other = 1;`,
  },
  'a syntax error': { 'app.ts': `import './broken.js';` },
  'an error of its own': {
    'app.ts': `import { SkerryError } from '../core/errors/skerry-error.js'; throw new SkerryError('SHOP_CLOSED', 'closed');`,
  },
};

describe('importing an application that fails', () => {
  let folder: CompiledFolder;
  let explained: Record<string, Explained>;

  beforeAll(async () => {
    folder = new CompiledFolder('errors', 'container', 'module');
    for (const [name, files] of Object.entries(applications)) {
      for (const [file, source] of Object.entries(files)) folder.compile(`${name}/${file}`, source);
    }
    folder.write('a syntax error/broken.js', 'export const = 1;');
    explained = (await folder.run(`
      import { explainImportError } from './core/module/esm-cycle.js';
      const results = {};
      for (const name of ${JSON.stringify(Object.keys(applications))}) {
        try {
          await import(new URL(name + '/app.js', import.meta.url).href);
        } catch (thrown) {
          const { code, message, details, cause } = explainImportError(thrown, name);
          results[name] = { code, message, details, cause: String(cause) };
        }
      }
      console.log(JSON.stringify(results));
    `)) as typeof explained;
  }, 60_000);
  afterAll(() => folder.remove());

  test('because two files import each other names both, and the line that needs too much', () => {
    expect(explained['two files']).toMatchObject({
      code: 'SKERRY_ESM_CYCLE',
      details: { name: 'Orders', files: ['two files/payments.ts', 'two files/orders.ts', 'two files/payments.ts'] },
      cause: "ReferenceError: Cannot access 'Orders' before initialization",
    });
    expect(explained['two files']?.message.split('\n')).toEqual([
      'Cannot load two files: Orders is used before it is defined, because files import each other in a circle.',
      expect.stringMatching(/^ {2}at {5}two files\/payments\.ts:[4-6]$/),
      '  circle two files/payments.ts',
      '         ─▶ two files/orders.ts',
      '         ─▶ two files/payments.ts',
      expect.stringContaining('`import type { Orders }`'),
      expect.stringContaining('imports: [() => Orders]'),
    ]);
  });

  test('because of a circle through a barrel names it too, and nothing beside', () => {
    expect(explained['a barrel']?.code).toBe('SKERRY_ESM_CYCLE');
    expect(explained['a barrel']?.details).toEqual({
      name: 'Orders',
      files: ['a barrel/payments.ts', 'a barrel/index.ts', 'a barrel/payments.ts'],
    });
  });

  test('is explained in folders with spaces', () => {
    expect(explained['a folder/with spaces']).toMatchObject({
      code: 'SKERRY_ESM_CYCLE',
      details: { files: ['a folder/with spaces/b.ts', 'a folder/with spaces/a.ts', 'a folder/with spaces/b.ts'] },
    });
  });

  test('is laid to the circle through the name, and not to another beside it', () => {
    expect(explained['two circles']?.details).toEqual({
      name: 'A',
      files: ['b.ts', 'a.ts', 'b.ts'].map((file) => `two circles/${file}`),
    });
  });

  test('is not laid to what only a comment imports', () => {
    expect(explained['a comment']?.details.files).toEqual(
      ['b.ts', 'index.ts', 'a.ts', 'b.ts'].map((file) => `a comment/${file}`),
    );
  });

  test.each([
    ['a namespace', 'b.ts', 'a.ts'],
    ['a call', 'a.ts', 'b.ts'],
  ])('is explained however the other file is used: by %s', (name, from, to) => {
    expect(explained[name]).toMatchObject({
      code: 'SKERRY_ESM_CYCLE',
      details: { name: 'A', files: [from, to, from].map((file) => `${name}/${file}`) },
    });
  });

  test.each([
    ['one file', "ReferenceError: Cannot access 'Later' before initialization"],
    ['another circle', "ReferenceError: Cannot access 'Later' before initialization"],
    ['a circle beside', "ReferenceError: Cannot access 'Later' before initialization"],
    ['types only', "ReferenceError: Cannot access 'd' before initialization"],
    ['an unknown name', 'ReferenceError: notDefinedAnywhere is not defined'],
  ])('is not laid to a circle where there is none: %s', (name, cause) => {
    expect(explained[name]).toMatchObject({ code: 'SKERRY_APP_LOAD_FAILED', cause });
    expect(explained[name]?.message).toContain(`Cannot load ${name}: ${cause} (${name}/`);
  });

  test.each([
    ['a throw', 'TypeError: no address', 'a throw/app.ts:3'],
    ['a missing export', "does not provide an export named 'nothing'", 'a missing export/app.ts:1'],
  ])('says where: %s', (name, reason, place) => {
    expect(explained[name]).toMatchObject({
      code: 'SKERRY_APP_LOAD_FAILED',
      cause: expect.stringContaining(reason) as string,
    });
    expect(explained[name]?.message).toContain(reason);
    expect(explained[name]?.message).toContain(`(${place})`);
  });

  test.each([
    ['a thrown string', 'no address'],
    ['a missing file', "Cannot find module '"],
    ['a syntax error', 'SyntaxError: Unexpected token'],
  ])('keeps what is known of it: %s', (name, reason) => {
    expect(explained[name]).toMatchObject({
      code: 'SKERRY_APP_LOAD_FAILED',
      cause: expect.stringContaining(reason) as string,
    });
    expect(explained[name]?.message).toContain(reason);
    expect(explained[name]?.message).not.toContain('main.js');
  });

  test('with an error of Skerry’s leaves it as it is', () => {
    expect(explained['an error of its own']).toMatchObject({ code: 'SHOP_CLOSED', message: 'closed' });
  });
});

test.each([undefined, null, {}, Object.create(null), { name: 5, message: Symbol('no') }])(
  'explains whatever was thrown: %p',
  (thrown) => {
    const error = explainImportError(thrown, 'the application');
    expect(SkerryError.is(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'SKERRY_APP_LOAD_FAILED',
      message: expect.stringMatching(/^Cannot load the application: ./) as string,
    });
  },
);
