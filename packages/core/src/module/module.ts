import 'reflect-metadata';
import { types } from 'node:util';
import { captureSite, type Site } from '../container/location.js';
import { isInjectionToken, type Class, type Token } from '../container/token.js';
import type { Injected, Provider } from '../container/provider.js';

const key = Symbol.for('skerry.module');

export interface ModuleMetadata {
  /** Modules whose exports this one may use. */
  readonly imports?: readonly ModuleImport[];
  /** What this module makes. Invisible to others unless exported. */
  readonly providers?: readonly Provider[];
  /** Tokens that this module provides or imports, or whole imported modules, to be seen by who imports this one. */
  readonly exports?: readonly (Token | ModuleClass)[];
  /** Exports are seen by every module, without an import. For infrastructure. Default `false`. */
  readonly global?: boolean;
}

export type ModuleClass = Class;

/**
 * A module made by a call, such as `RedisModule.forRoot({ url })`: what `@Module` of its class says, plus this. Each object
 * is a module instance of its own; importing the same object twice is importing it once.
 */
export interface DynamicModule extends ModuleMetadata {
  readonly module: ModuleClass;
}

/**
 * What may stand in `imports`. A promise is awaited before the graph is verified; an arrow function names a module that is
 * defined later, for two modules that import each other.
 */
export type ModuleImport = ModuleClass | DynamicModule | Promise<DynamicModule> | (() => ModuleClass | DynamicModule);

export interface DeclaredModule extends ModuleMetadata {
  readonly site: Site;
}

/** Groups providers: what they may use (`imports`), what others may use of them (`exports`). */
export function Module(metadata: ModuleMetadata = {}): ClassDecorator {
  const site = captureSite(Module);
  rejectLater(metadata.imports);
  return (target) => Reflect.defineMetadata(key, { ...metadata, site } satisfies DeclaredModule, target);
}

/** What `@Module` says about a class; `undefined` for one that is no module. */
export function declaredModule(type: Class): DeclaredModule | undefined {
  return Reflect.getOwnMetadata(key, type) as DeclaredModule | undefined;
}

export function isDynamicModule(value: unknown): value is DynamicModule {
  return typeof value === 'object' && value !== null && 'module' in value && !isInjectionToken(value);
}

/**
 * Lets a promise among the imports that rejects early be a problem of the start, which awaits it, instead of the end of the
 * process before.
 */
export function rejectLater(imports: readonly ModuleImport[] = []): void {
  for (const each of imports) {
    if (types.isPromise(each)) each.catch(() => undefined);
    else if (isDynamicModule(each)) rejectLater(each.imports);
  }
}

/** How the options of a dynamic module are made from what the container has. */
export interface AsyncOptions<T> {
  readonly imports?: readonly ModuleImport[];
  readonly inject?: readonly Injected[];
  readonly useFactory: (...dependencies: never[]) => T | Promise<T>;
}

/**
 * The provider of a dynamic module's options, for its `forRootAsync`:
 *
 *     static forRootAsync(options: AsyncOptions<RedisOptions>): DynamicModule {
 *       return { module: RedisModule, imports: options.imports, providers: [asyncOptions(REDIS_OPTIONS, options)] };
 *     }
 */
export function asyncOptions<T>(token: Token<T>, options: AsyncOptions<T>): Provider<T> {
  return { provide: token, useFactory: options.useFactory, ...(options.inject ? { inject: options.inject } : {}) };
}
