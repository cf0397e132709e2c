import 'reflect-metadata';
import { markInjectable } from '../container/injectable.js';
import { captureSite, type Site } from '../container/location.js';
import type { Topic } from '../broker/topic.js';
import type { Scope } from '../container/provider.js';
import type { Class, Token } from '../container/token.js';
import type { ErrorMapper, Guard, Interceptor } from './pipeline.js';

const key = Symbol.for('skerry.service');

export interface ServiceOptions {
  /** A semantic version. Default `0.0.0`. */
  readonly version?: string;
  /** What it is for, for documents: `skerry asyncapi`, `skerry openapi`. Default: none. */
  readonly description?: string;
  /**
   * The topics that it publishes to, or their names, for documents: nothing else tells, and nothing keeps it from publishing
   * others. Default: none.
   */
  readonly publishes?: readonly (Topic<never> | string)[];
  /** Goes into the registry for others to read: plain strings, no secrets. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** `request` creates an instance for each call. Default `singleton`. */
  readonly scope?: Exclude<Scope, 'transient'>;
  /** Calls of all its handlers that run at once. Default: no limit. */
  readonly concurrency?: number;
  /** Calls that wait beyond {@link concurrency}; what comes then is refused, retryably. Default: as many as run. */
  readonly queue?: number;
  /** For all its handlers, before their own: providers that the service's module sees. */
  readonly guards?: readonly Token<Guard>[];
  /** Around all its handlers, outside of their own; likewise. */
  readonly interceptors?: readonly Token<Interceptor>[];
  /** For errors of all its handlers, after their own; likewise. */
  readonly errorMappers?: readonly Token<ErrorMapper>[];
}

/** What the names of Skerry's own services begin with: lists, contracts and documents leave these out. */
export const ownPrefix = 'skerry.';

export interface DeclaredService extends ServiceOptions {
  readonly name: string;
  readonly site: Site;
  /** Skerry's own. Default `false`. */
  readonly own?: boolean;
}

/**
 * Makes a class a service: found by `name`, called through its `@Handler` methods. List it in a module's `providers`.
 *
 * @param name Letters, digits, `-`, `_` and `.`, beginning with a letter, and not with `skerry.`; at most 100 characters. Checked at boot.
 */
export function Service(name: string, options: ServiceOptions = {}): ClassDecorator {
  return declaring({ ...options, name, site: captureSite(Service), own: false });
}

/** Makes a class one of Skerry's own services, whose names begin with {@link ownPrefix}. */
export function OwnService(name: string): ClassDecorator {
  return declaring({ name, site: captureSite(OwnService), own: true });
}

function declaring(declared: DeclaredService): ClassDecorator {
  return (target) => {
    const type = target as unknown as Class;
    markInjectable(type, declared.scope ? { scope: declared.scope } : {}, declared.site);
    Reflect.defineMetadata(key, declared, type);
  };
}

/** What `@Service` says about a class; `undefined` for one that is no service. */
export function declaredService(type: Class): DeclaredService | undefined {
  return Reflect.getOwnMetadata(key, type) as DeclaredService | undefined;
}
