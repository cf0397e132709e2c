import { CompiledFolder } from '../container/fixtures/compile.js';
import type { Problem } from './problem.js';

/** What tests of sources cannot show: decorators, metadata and places as they are in what tsc compiled and Node runs. */
describe('an application that tsc compiled', () => {
  const source = `
    import { Injectable, Inject } from './core/container/injectable.js';
    import { Module } from './core/module/module.js';

    interface Settings { readonly currency: string }

    @Injectable()
    export class Stock {}

    @Injectable()
    export class Orders {
      constructor(
        @Inject('limit') readonly limit: number,
        readonly stock: Stock,
        readonly settings: Settings,
      ) {}
    }

    @Module({
      providers: [Orders],
    })
    export class AppModule {}

    @Module({ providers: [{ provide: 'limit', useValue: 3 }, Stock, { provide: 'orders', useFactory: (stock: Stock) => ({ stock }), inject: [Stock] }] })
    export class GoodModule {}
  `;

  let folder: CompiledFolder;
  beforeAll(() => {
    folder = new CompiledFolder('errors', 'clock', 'context', 'container', 'module');
    folder.compile('app.ts', source);
  }, 60_000);
  afterAll(() => folder.remove());

  test('has its mistakes where its source has them', async () => {
    const problems = (await folder.run(`
      import { AppModule } from './app.js';
      import { verify } from './core/module/verify.js';
      import { Module } from './core/module/module.js';
      class BuiltIn {}
      Module()(BuiltIn);
      const error = await verify(AppModule, { builtIn: { module: BuiltIn } }).catch((caught) => caught);
      console.log(JSON.stringify(error.problems));
    `)) as Problem[];
    expect(problems.map(({ code, at }) => [code, at])).toEqual([
      ['SKERRY_DI_NO_PROVIDER', { file: 'app.ts', line: 13 }],
      ['SKERRY_DI_NO_PROVIDER', { file: 'app.ts', line: 14 }],
      ['SKERRY_DI_LOST_METADATA', { file: 'app.ts', line: 15 }],
    ]);
    expect(problems[2]?.message).toContain('constructor parameter 2, "settings"');
  });

  test('is created when it has none', async () => {
    const created = await folder.run(`
      import { GoodModule } from './app.js';
      import { verify } from './core/module/verify.js';
      import { bindings } from './core/module/bindings.js';
      import { Module } from './core/module/module.js';
      import { Container } from './core/container/container.js';
      class BuiltIn {}
      Module()(BuiltIn);
      const container = new Container(bindings(await verify(GoodModule, { builtIn: { module: BuiltIn } })));
      await container.createSingletons();
      console.log(JSON.stringify(container.created.map(({ binding, instance }) => [binding.label, typeof instance])));
    `);
    expect(created).toEqual([
      ["'limit'", 'number'],
      ['Stock', 'object'],
      ["'orders'", 'object'],
      ['GoodModule', 'object'],
      ['BuiltIn', 'object'],
    ]);
  });
});
