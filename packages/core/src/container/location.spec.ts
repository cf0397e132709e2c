import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompiledFolder } from './fixtures/compile.js';
import { captureSite, firstFrame, locate, shownPath, type Location, type Site } from './location.js';

let site: Site | undefined;

function Mark(): ClassDecorator {
  site = captureSite(Mark);
  return () => undefined;
}

describe('in a source that the test runner compiled', () => {
  const file = relative(process.cwd(), fileURLToPath(import.meta.url));
  const lines = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n');
  const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;

  test('a class is found where it is declared', () => {
    @Mark()
    // A comment between them.
    class Orders {}
    expect(locate(site, Orders.name)).toEqual({ file, line: lineOf('class Orders {}') });
  });

  test('a parameter is found on its own line', () => {
    @Mark()
    class Invoices {
      constructor(
        readonly first: string, // second, third
        readonly second = 'third',
        readonly third = second, // the third
      ) {}
    }
    const lineOfParameter = (name: string) => locate(site, Invoices.name, name)?.line;
    expect(lineOfParameter('first')).toBe(lineOf('readonly first'));
    expect(lineOfParameter('second')).toBe(lineOf('readonly second'));
    expect(lineOfParameter('third')).toBe(lineOf('readonly third'));
  });

  test('a parameter that the source does not have leads to the class', () => {
    @Mark()
    class Shipping {}
    expect(locate(site, Shipping.name, 'stock')?.line).toBe(lineOf('class Shipping {}'));
  });

  test('of several classes with one name the one at the decorator is found', () => {
    const first = () => {
      class Twin {} // the first
      return Twin;
    };
    const second = () => {
      @Mark()
      class Twin {} // the second
      return Twin;
    };
    expect(first().name).toBe(second().name);
    expect(locate(site, 'Twin')?.line).toBe(lineOf('class Twin {} // the second'));
  });

  test('without a class name it is where the decorator stands', () => {
    Mark(); // here
    expect(locate(site)).toEqual({ file, line: lineOf('Mark(); // here') });
  });

  test('capturing keeps the stack depth that others set', () => {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 37;
    try {
      Mark();
      expect(Error.stackTraceLimit).toBe(37);
    } finally {
      Error.stackTraceLimit = before;
    }
  });
});

describe('in a file that tsc compiled', () => {
  const source = `
    import { Injectable } from '../core/container/injectable.js';
    export interface Vanishes { readonly lines: string }
    type AndTheNext = Vanishes | undefined;

    @Injectable()
    export class Orders {
      constructor(
        readonly stock: object,
        readonly settings: AndTheNext,
      ) {}
    }
  `;
  const lines = { class: 7, stock: 9, settings: 10 };

  let folder: CompiledFolder;
  let located: Record<string, { class: Location; stock: Location; settings: Location; compiledLine: number }>;

  beforeAll(async () => {
    folder = new CompiledFolder('errors', 'container');
    const damages: Record<string, (map: string) => void> = {
      'missing map': (map) => rmSync(map),
      'broken map': (map) => appendFileSync(map, '}'),
      'empty map': (map) => writeFileSync(map, 'null'),
      'foreign source': (map) => edit(map, { sources: ['webpack://shop/orders.ts'] }),
      'missing source': (map) => {
        edit(map, { sourcesContent: [source] });
        rmSync(map.replace(/js\.map$/, 'ts'));
      },
      'source root': (map) => edit(map, { sourceRoot: '../sources', sourcesContent: [source] }),
    };
    const names = ['map beside', 'inline map', 'no map', 'brackets (copy)', ...Object.keys(damages)];
    for (const name of names) {
      const map = name === 'inline map' ? 'inline' : name === 'no map' ? 'none' : 'file';
      folder.compile(`${name}/the orders.ts`, source, { map });
      damages[name]?.(join(folder.path, name, 'the orders.js.map'));
    }
    located = (await folder.run(`
      import { readFileSync } from 'node:fs';
      import { locate } from './core/container/location.js';
      import { injectableOf } from './core/container/injectable.js';
      const results = {};
      for (const name of ${JSON.stringify(names)}) {
        const url = new URL(name + '/the orders.js', import.meta.url);
        const { Orders } = await import(url.href);
        const at = (parameter) => locate(injectableOf(Orders).site, 'Orders', parameter);
        const compiledLine = readFileSync(url, 'utf8').split('\\n').findIndex((line) => line.includes('class Orders')) + 1;
        results[name] = { class: at(), stock: at('stock'), settings: at('settings'), compiledLine };
      }
      console.log(JSON.stringify(results));
    `)) as typeof located;
  }, 60_000);
  afterAll(() => folder.remove());

  function edit(map: string, change: object): void {
    writeFileSync(map, JSON.stringify({ ...(JSON.parse(readFileSync(map, 'utf8')) as object), ...change }));
  }

  test.each(['map beside', 'inline map', 'brackets (copy)', 'missing source'])('the source is shown: %s', (name) => {
    const file = join(name, 'the orders.ts');
    expect(located[name]).toMatchObject({
      class: { file, line: lines.class },
      stock: { file, line: lines.stock },
      settings: { file, line: lines.settings },
    });
  });

  test('a source root is honoured', () => {
    expect(located['source root']?.class).toEqual({ file: 'sources/the orders.ts', line: lines.class });
  });

  test.each(['no map', 'missing map', 'broken map', 'empty map', 'foreign source'])(
    'the compiled file is shown: %s',
    (name) => {
      const { class: shown, compiledLine } = located[name]!;
      expect(shown).toEqual({ file: join(name, 'the orders.js'), line: compiledLine });
      expect(compiledLine).toBeGreaterThan(0);
    },
  );
});

describe('a place that is not known', () => {
  test.each([
    ['no site', undefined],
    ['no stack', {}],
    ['a stack without a file', { stack: 'Error\n    at new Promise (<anonymous>)\n    at node:internal/process:1:2' }],
    ['a stack that someone replaced', { stack: [1, 2] as unknown as string }],
    ['code without a file', { stack: 'Error\n    at data:text/javascript,export default 1:1:1' }],
  ])('is none: %s', (_, unknown) => {
    expect(locate(unknown)).toBeUndefined();
  });

  test('a file that cannot be read is named nevertheless', () => {
    expect(locate({ stack: 'Error\n    at /nowhere/orders.js:3:4' }, 'Orders')).toEqual({
      file: '/nowhere/orders.js',
      line: 3,
    });
  });
});

test.each([
  ['    at file:///a/b.js:3:4', '/a/b.js'],
  ['    at Function.run (file:///a/b%20c.js:3:4)', '/a/b c.js'],
  ['    at async file:///a/b.js?copy=2:3:4', '/a/b.js'],
  ['    at Object.<anonymous> (/a/b (c)/d.js:3:4)', '/a/b (c)/d.js'],
  ['    at /a/b (c)/d.js:3:4', '/a/b (c)/d.js'],
  ['    at run (C:\\a\\b.js:3:4)', 'C:\\a\\b.js'],
])('reads a frame: %s', (frame, path) => {
  expect(firstFrame(`Error: wrong\n${frame}`)).toEqual({ path, line: 3, column: 4 });
});

test('a path below the working directory is shown relative to it, another one as it is', () => {
  expect(shownPath(join(process.cwd(), 'src/a.ts'))).toBe(join('src', 'a.ts'));
  expect(shownPath('/elsewhere/a.ts')).toBe('/elsewhere/a.ts');
});
