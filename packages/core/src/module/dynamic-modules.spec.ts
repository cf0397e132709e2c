import { Inject, Injectable } from '../container/injectable.js';
import { InjectionToken } from '../container/token.js';
import { moduleClass, overriding, start } from './fixtures/application.js';
import { asyncOptions, Module, type AsyncOptions, type DynamicModule, type ModuleImport } from './module.js';

interface StoreOptions {
  readonly url: string;
}

const STORE_OPTIONS = new InjectionToken<StoreOptions>('STORE_OPTIONS');

@Injectable()
class Store {
  constructor(@Inject(STORE_OPTIONS) readonly options: StoreOptions) {}
}

@Module({ providers: [Store], exports: [Store] })
class StoreModule {
  static forRoot(options: StoreOptions, more: Partial<DynamicModule> = {}): DynamicModule {
    return { module: StoreModule, providers: [{ provide: STORE_OPTIONS, useValue: options }], ...more };
  }

  static forRootAsync(options: AsyncOptions<StoreOptions>): DynamicModule {
    return { module: StoreModule, imports: options.imports, providers: [asyncOptions(STORE_OPTIONS, options)] };
  }
}

const importing = (name: string, ...imports: ModuleImport[]) => moduleClass(name, { imports });

describe('a dynamic module', () => {
  test('adds to what its class declares', async () => {
    const app = await start(importing('AppModule', StoreModule.forRoot({ url: 'redis:' })));
    expect(app.get(Store).options.url).toBe('redis:');
    expect(() => app.get(STORE_OPTIONS)).toThrow('none');
  });

  test('may export more, and may be global', async () => {
    const global = StoreModule.forRoot({ url: 'redis:' }, { exports: [STORE_OPTIONS], global: true });
    const Other = moduleClass('Other');
    const app = await start(importing('AppModule', Other, importing('Deep', global)));
    expect(app.get(STORE_OPTIONS, Other)).toEqual({ url: 'redis:' });
    expect(app.get(Store, Other).options.url).toBe('redis:');
  });

  test('that is the same object is one, however often it is imported', async () => {
    const shared = StoreModule.forRoot({ url: 'redis:' });
    const [One, Two] = [importing('One', shared), importing('Two', shared)];
    const app = await start(importing('AppModule', One, Two, shared));
    expect(app.get(Store, One)).toBe(app.get(Store, Two));
    expect(app.graph.modules.filter(({ type }) => type === StoreModule)).toHaveLength(1);
  });

  test('made twice is two, each with its own instances', async () => {
    const [One, Two] = ['one', 'two'].map((url) => importing(url, StoreModule.forRoot({ url })));
    const app = await start(importing('AppModule', One!, Two!));
    expect(app.get(Store, One!).options.url).toBe('one');
    expect(app.get(Store, Two!).options.url).toBe('two');
    expect(app.graph.modules.map(({ name }) => name)).toEqual(expect.arrayContaining(['StoreModule', 'StoreModule#2']));
  });

  test('may be the root', async () => {
    expect((await start(StoreModule.forRoot({ url: 'redis:' }))).get(Store).options.url).toBe('redis:');
  });

  test('may be of a class without @Module', async () => {
    class Bare {}
    const app = await start({ module: Bare, providers: [{ provide: 'it', useValue: 1 }] });
    expect(app.get('it')).toBe(1);
  });

  test('may come as a promise, or from an arrow function', async () => {
    const [One, Two] = [
      importing('One', Promise.resolve(StoreModule.forRoot({ url: 'one' }))),
      importing('Two', () => StoreModule.forRoot({ url: 'two' })),
    ];
    const app = await start(importing('AppModule', One!, Two!));
    expect([app.get(Store, One).options.url, app.get(Store, Two).options.url]).toEqual(['one', 'two']);
  });
});

describe('options that are made asynchronously', () => {
  @Module({ providers: [{ provide: 'host', useValue: 'db.local' }], exports: ['host'] })
  class ConfigModule {}

  test('use what their own imports export', async () => {
    const app = await start(
      importing(
        'AppModule',
        StoreModule.forRootAsync({
          imports: [ConfigModule],
          inject: ['host', { token: 'port', optional: true }],
          useFactory: async (host: string, port = 6379) => Promise.resolve({ url: `${host}:${port}` }),
        }),
      ),
    );
    expect(app.get(Store).options.url).toBe('db.local:6379');
  });

  test('need no imports and no dependencies', async () => {
    const app = await start(
      importing('AppModule', StoreModule.forRootAsync({ useFactory: () => ({ url: 'redis:' }) })),
    );
    expect(app.get(Store).options.url).toBe('redis:');
  });
});

describe('an override', () => {
  test('takes the place of a provider in every module that has it', async () => {
    const [One, Two] = ['one', 'two'].map((url) => importing(url, StoreModule.forRoot({ url })));
    const app = await start(importing('AppModule', One!, Two!), {
      overrides: overriding({ provide: STORE_OPTIONS, useValue: { url: 'memory:' } }),
    });
    expect([One!, Two!].map((module) => app.get(Store, module).options.url)).toEqual(['memory:', 'memory:']);
  });

  test('is used instead: what it replaces is never looked at', async () => {
    @Injectable()
    class Needy {
      constructor(@Inject('missing') readonly missing: unknown) {}
    }
    const app = await start(moduleClass('AppModule', { providers: [Needy] }), {
      overrides: overriding({
        provide: Needy,
        useFactory: (store: unknown) => ({ store }),
        inject: [{ token: Store, optional: true }],
      }),
    });
    expect(app.get(Needy)).toEqual({ store: undefined });
  });

  test('replaces all entries of a multi provider, and still gives an array', async () => {
    const multi = (useValue: number) => ({ provide: 'all', useValue, multi: true });
    const app = await start(moduleClass('AppModule', { providers: [multi(1), multi(2)] }), {
      overrides: overriding({ provide: 'all', useValue: 3 }),
    });
    expect(app.get('all')).toEqual([3]);
  });
});
