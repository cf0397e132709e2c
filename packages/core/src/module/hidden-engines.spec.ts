import { InjectionToken } from '../container/token.js';
import { moduleClass, problemOf, problemsOf, start } from './fixtures/application.js';
import type { ModuleMetadata } from './module.js';

abstract class Clock {}

const DRIVER = new InjectionToken<string>('DRIVER');
const CHECKS = new InjectionToken<string>('CHECKS');

/** Skerry's own module in small: a block, the driver that it stands on, and what others may add. */
const builtIn = {
  module: moduleClass('Skerry'),
  providers: [
    { provide: DRIVER, useValue: 'default', fallback: true },
    { provide: CHECKS, useValue: 'own', multi: true },
    { provide: Clock, useValue: 'clock', fallback: true },
    { provide: 'block', useFactory: (driver: string, checks: string[]) => [driver, checks], inject: [DRIVER, CHECKS] },
  ],
  exports: ['block'],
};
const engine = (more: ModuleMetadata = {}) =>
  moduleClass('Engine', { providers: [{ provide: DRIVER, useValue: 'engine' }], exports: [DRIVER], ...more });
const blockOf = async (metadata: ModuleMetadata) =>
  (await start(moduleClass('AppModule', metadata), { builtIn })).get('block');

describe('what Skerry stands on', () => {
  test('is its default where nobody provides anything', async () => {
    expect(await blockOf({})).toEqual(['default', ['own']]);
  });

  test.each<[string, ModuleMetadata]>([
    ['in the root', { providers: [{ provide: DRIVER, useValue: 'engine' }] }],
    ['in a module that the root imports', { imports: [engine()] }],
    ['in a global module, anywhere', { imports: [moduleClass('Deep', { imports: [engine({ global: true })] })] }],
  ])('is what is provided %s', async (_, metadata) => {
    expect(await blockOf(metadata)).toEqual(['engine', ['own']]);
  });

  test('is added to from the root', async () => {
    expect(await blockOf({ providers: [{ provide: CHECKS, useValue: 'mine', multi: true }] })).toEqual([
      'default',
      ['own', 'mine'],
    ]);
  });
});

describe('an engine that Skerry cannot see', () => {
  test.each<[string, () => new () => object]>([
    ['because the root does not import it', () => moduleClass('Deep', { imports: [engine()] })],
    ['because it is not exported', () => engine({ exports: [] })],
  ])('is a problem: %s', async (_, imported) => {
    expect(await problemOf(moduleClass('AppModule', { imports: [imported()] }), { builtIn })).toMatchObject({
      code: 'SKERRY_DI_NOT_IMPORTED',
      message: 'Cannot use DRIVER of Engine: Skerry sees what AppModule sees, and that is not among it.',
      found: ['Engine provides DRIVER'],
      fix: 'import Engine in AppModule, and let it export DRIVER; or make it a global module: { global: true, exports: [DRIVER] }',
    });
  });

  test('is a problem where it would be one of several', async () => {
    const Deep = moduleClass('Deep', { providers: [{ provide: CHECKS, useValue: 'hidden', multi: true }] });
    expect((await problemOf(moduleClass('AppModule', { imports: [Deep] }), { builtIn })).message).toContain(
      'CHECKS of Deep',
    );
  });

  test('is none where a module provides a class for itself alone', async () => {
    const Deep = moduleClass('Deep', { providers: [{ provide: Clock, useValue: 'mine' }] });
    expect(await problemsOf(moduleClass('AppModule', { imports: [Deep] }), { builtIn })).toEqual([]);
  });
});
