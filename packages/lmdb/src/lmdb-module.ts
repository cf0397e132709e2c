import {
  asyncOptions,
  Clock,
  InjectionToken,
  Module,
  STORE_DRIVER,
  type AsyncOptions,
  type DynamicModule,
  type Provider,
} from '@skerry/core';
import type { LmdbOptions } from './lmdb-options.js';
import { LmdbStoreDriver } from './store/lmdb-store.js';

/** What {@link LmdbModule} was given, as its parts ask for it. */
export const LMDB_OPTIONS = new InjectionToken<LmdbOptions>('LMDB_OPTIONS', {
  key: Symbol.for('skerry.lmdb-options'),
});

/**
 * Keeps the store of an application in a file, which several processes may share. One line in the root module:
 *
 *     @Module({ imports: [OrdersModule, LmdbModule.forRoot({ path: 'data/store.lmdb' })] })
 *     export class AppModule {}
 *
 * Import it once: two stores in one application are ambiguous, and it does not start.
 */
@Module()
export class LmdbModule {
  /** A file that cannot be used keeps the application from starting: `SKERRY_STORE_FILE_UNUSABLE`, as the cause. */
  static forRoot(options: LmdbOptions): DynamicModule {
    return lmdbModule({ provide: LMDB_OPTIONS, useValue: options });
  }

  /** As {@link forRoot}, with options that are made from what the container has. */
  static forRootAsync(options: AsyncOptions<LmdbOptions>): DynamicModule {
    return lmdbModule(asyncOptions(LMDB_OPTIONS, options), options);
  }
}

function lmdbModule(
  options: Provider<LmdbOptions>,
  { imports = [] }: Pick<DynamicModule, 'imports'> = {},
): DynamicModule {
  const driver = {
    provide: STORE_DRIVER,
    useFactory: (clock: Clock, given: LmdbOptions) => new LmdbStoreDriver(clock, given),
    inject: [Clock, LMDB_OPTIONS],
  };
  return { module: LmdbModule, global: true, imports, providers: [options, driver], exports: [STORE_DRIVER] };
}
