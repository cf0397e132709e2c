import type { Provider } from '../container/provider.js';
import type { Class, Token } from '../container/token.js';
import type { ModuleImport } from './module.js';

/** Where tests reach into the graph of an application, beyond overriding providers: see `@skerry/testing`. */
export interface Seams {
  /** Modules that are imported instead of others, by the class of those; all instances of a dynamic one give way. */
  readonly modules?: ReadonlyMap<Class, ModuleImport>;
  /** What is made of an instance when it is created, by {@link tokenKey}, whoever provides it, overrides included. */
  readonly wraps?: ReadonlyMap<unknown, (instance: unknown) => unknown>;
  /** Asked once for each token that somebody needs and that nothing in the application provides. */
  readonly standIn?: (token: Token) => Provider | undefined;
}
