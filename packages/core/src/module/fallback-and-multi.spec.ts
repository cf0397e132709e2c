import type { Provider } from '../container/provider.js';
import { moduleClass, start } from './fixtures/application.js';

describe('fallbacks and multi providers', () => {
  const value = (useValue: unknown, more: { multi?: boolean; fallback?: boolean } = {}) => ({
    provide: 'it',
    useValue,
    ...more,
  });
  const exporting = (name: string, ...providers: Provider[]) => moduleClass(name, { providers, exports: ['it'] });
  const startApp = (imports: readonly (new () => object)[], ...providers: Provider[]) =>
    start(moduleClass('AppModule', { imports, providers }));

  test.each([
    ['in the same module', [], [value('far', { fallback: true }), value('it')]],
    ['imported, before the module’s own', [exporting('One', value('it'))], [value('near', { fallback: true })]],
    [
      'imported from another module',
      [exporting('One', value('far', { fallback: true })), exporting('Two', value('it'))],
      [],
    ],
  ])('a fallback loses against what is in sight: %s', async (_, imports, providers) => {
    expect((await startApp(imports, ...providers)).get('it')).toBe('it');
  });

  test('a fallback loses against a global module, also in the module that has it', async () => {
    const Global = moduleClass('Global', { providers: [value('it')], exports: ['it'], global: true });
    const Library = moduleClass('Library', { providers: [value('own', { fallback: true })] });
    const app = await startApp([Library, Global]);
    expect(app.get('it', Library)).toBe('it');
  });

  test('a fallback serves where nothing else is in sight, the nearest first', async () => {
    const Library = exporting('Library', value('far', { fallback: true }));
    expect((await startApp([Library])).get('it')).toBe('far');
    expect((await startApp([Library], value('near', { fallback: true }))).get('it')).toBe('near');
  });

  test('multi providers are collected: the module’s own, then imports in order, then global ones', async () => {
    const multi = (name: string) => value(name, { multi: true });
    const Global = moduleClass('Global', { providers: [multi('global')], exports: ['it'], global: true });
    const imports = [exporting('One', multi('one'), multi('another')), Global, exporting('Two', multi('two'))];
    const app = await startApp(imports, multi('own'), {
      provide: 'asks',
      useFactory: (all: unknown) => all,
      inject: ['it'],
    });
    expect(app.get('it')).toEqual(['own', 'one', 'another', 'global', 'two']);
    expect(app.get('asks')).toEqual(app.get('it'));
    expect((await startApp([], multi('alone'))).get('it')).toEqual(['alone']);
  });

  test('multi providers that are fallbacks give way to those that are not', async () => {
    const byDefault = value('default', { multi: true, fallback: true });
    expect((await startApp([], byDefault)).get('it')).toEqual(['default']);
    expect((await startApp([exporting('One', value('one', { multi: true }))], byDefault)).get('it')).toEqual(['one']);
    expect((await startApp([], byDefault, value('single'))).get('it')).toBe('single');
  });
});
