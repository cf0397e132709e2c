import type { Lazy } from './lazy.js';
import type { Scope } from './provider.js';

/**
 * One provider as the container needs it: plain data in which every dependency already points at what it will get. The
 * module graph makes these, so the container resolves nothing by name.
 */
export interface Binding {
  /** Unique in the application. */
  readonly id: symbol;
  /** For messages: `Orders`, `'dsn'`. */
  readonly label: string;
  readonly scope: Scope;
  /** Gets the dependencies in order. May return a promise, unless it is transient. */
  readonly create: (...dependencies: unknown[]) => unknown;
  readonly dependencies: readonly BoundDependency[];
}

/** What one parameter gets. */
export type BoundDependency =
  | { readonly kind: 'one'; readonly id: symbol }
  | { readonly kind: 'many'; readonly ids: readonly symbol[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'lazy'; readonly of: BoundDependency; readonly label: string }
  | { readonly kind: 'derived'; readonly of: BoundDependency; readonly derive: (source: never) => unknown };

/** The bindings that must exist before the dependency's owner can be created. */
export function needed(dependency: BoundDependency): readonly symbol[] {
  switch (dependency.kind) {
    case 'one':
      return [dependency.id];
    case 'many':
      return dependency.ids;
    case 'derived':
      return needed(dependency.of);
    case 'absent':
    case 'lazy':
      return [];
  }
}

/** A dependency compiled to a function that picks its value out of the instances of {@link needed}, one after the other. */
export type Pick = (instances: Iterator<unknown>) => unknown;

export function compile(
  dependency: BoundDependency,
  lazy: (target: BoundDependency, label: string) => Lazy<unknown>,
): Pick {
  switch (dependency.kind) {
    case 'one':
      return (instances) => instances.next().value as unknown;
    case 'many':
      return (instances) => dependency.ids.map(() => instances.next().value as unknown);
    case 'derived': {
      const source = compile(dependency.of, lazy);
      return (instances) => dependency.derive(source(instances) as never);
    }
    case 'lazy': {
      const reference = lazy(dependency.of, dependency.label);
      return () => reference;
    }
    case 'absent':
      return () => undefined;
  }
}
