import { Inject } from '../container/injectable.js';
import { InjectionToken } from '../container/token.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Store } from './store.js';

/**
 * Injects the store of the service called `name`: the same entries in every application that serves or uses it.
 *
 *     constructor(@InjectStore('orders') private readonly store: Store) {}
 *
 * A `Store` that is injected by its class alone is the application's.
 */
export function InjectStore(name: string): ParameterDecorator {
  if (typeof name !== 'string' || name === '') {
    throw new SkerryError('SKERRY_OPTION_INVALID', `@InjectStore needs the service's name, and got ${String(name)}`);
  }
  return Inject(storeToken(name));
}

/** The token that {@link InjectStore} asks for. It comes from `Store`, so a test that overrides that one overrides all. */
export function storeToken(name: string): InjectionToken<Store> {
  return new InjectionToken<Store>(`the store of '${name}'`, {
    key: Symbol.for(`skerry.store:${name}`),
    derivation: { from: Store, derive: (store: Store) => store.service(name) },
  });
}
