import type { BoundDependency } from '../container/binding.js';
import type { Site } from '../container/location.js';
import type { Parameter } from '../container/parameters.js';
import type { Scope } from '../container/provider.js';
import type { Class, Token } from '../container/token.js';
import type { Visibility } from './visibility.js';

/** One module instance of the application, as it was declared. */
export interface ModuleNode {
  /** Class name; dynamic ones that stand several times are numbered: `RedisModule#2`. */
  readonly name: string;
  readonly type: Class;
  readonly global: boolean;
  /** Belongs to Skerry itself: seen by all, and not drawn. */
  readonly builtIn: boolean;
  readonly imports: ModuleNode[];
  readonly providers: ProviderNode[];
  readonly exports: (Token | Class)[];
  /** How it was reached first, from the root: `AppModule > OrdersModule`. */
  readonly path: readonly string[];
  readonly site?: Site;
}

/** One provider of one module. */
export interface ProviderNode {
  readonly id: symbol;
  readonly token: Token;
  /** As messages call it: the token's name. */
  readonly name: string;
  readonly module: ModuleNode;
  readonly kind: 'class' | 'value' | 'factory' | 'existing';
  /** The class that is created, for kind `class`. */
  readonly type?: Class;
  readonly scope: Scope;
  readonly multi: boolean;
  readonly fallback: boolean;
  readonly create: (...dependencies: unknown[]) => unknown;
  readonly parameters: readonly Parameter[];
  /** One for each parameter that could be resolved; filled by resolving. */
  readonly edges: Edge[];
}

/** One parameter and what it gets. */
export interface Edge {
  readonly parameter: Parameter;
  readonly bound: BoundDependency;
  /** The providers that the owner gets instances of; for lazy ones as well. */
  readonly targets: readonly ProviderNode[];
  /** The target need not exist when the owner is created. */
  readonly lazy: boolean;
}

/** A verified application, ready to be created. */
export interface ModuleGraph {
  readonly root: ModuleNode;
  /** In the order they were reached from the root. */
  readonly modules: readonly ModuleNode[];
  /** All providers, each after what it needs. */
  readonly providers: readonly ProviderNode[];
  readonly visibility: Visibility;
}
