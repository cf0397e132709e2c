import { types } from 'node:util';
import { SkerryError } from '../errors/skerry-error.js';
import { needed, type Binding } from './binding.js';

/** The instances of one request. Made by the container, opaque to everyone else. */
export interface RequestScope {
  /** The container that made it: a scope means nothing to another. */
  readonly owner: object;
  readonly slots: unknown[];
  /** The scope of another container in the same request. */
  readonly next?: RequestScope;
}

type Resolve = (scope: RequestScope) => unknown;
type Create = (instances: readonly unknown[]) => unknown;

/** Stands in the slot of what is being created. */
const making = Symbol('being created');

/**
 * What lives for one request, compiled at boot: each request-scoped provider has a slot, and a function that fills it from
 * the singletons and slots it needs. A request costs one array, and what it really uses.
 */
export class RequestPlans {
  private readonly plans = new Map<symbol, Resolve>();

  /**
   * @param bindings Each after what it needs.
   * @param creator  Makes the function that creates a binding from the instances it needs.
   * @param shared   Gives what is not request-scoped.
   */
  constructor(bindings: readonly Binding[], creator: (binding: Binding) => Create, shared: (id: symbol) => unknown) {
    let slots = 0;
    for (const binding of bindings) {
      if (!this.isBound(binding)) continue;
      const sources = binding.dependencies.flatMap(needed).map((id) => this.plans.get(id) ?? (() => shared(id)));
      const create = fresh(sources, creator(binding));
      this.plans.set(binding.id, binding.scope === 'request' ? kept(slots++, binding.label, create) : create);
    }
  }

  has(id: symbol): boolean {
    return this.plans.has(id);
  }

  resolve(id: symbol, scope: RequestScope): unknown {
    return this.plans.get(id)!(scope);
  }

  /** A transient that needs something request-scoped belongs to the request as well. */
  private isBound(binding: Binding): boolean {
    if (binding.scope !== 'transient') return binding.scope === 'request';
    return binding.dependencies.flatMap(needed).some((id) => this.plans.has(id));
  }
}

function fresh(sources: readonly Resolve[], create: Create): Resolve {
  return (scope) =>
    whenReady(
      sources.map((source) => source(scope)),
      create,
    );
}

function kept(slot: number, label: string, create: Resolve): Resolve {
  return (scope) => {
    const { slots } = scope;
    if (slot in slots) {
      if (slots[slot] === making) throw notReady(label);
      return slots[slot];
    }
    slots[slot] = making;
    let instance: unknown;
    try {
      instance = create(scope);
    } catch (error) {
      Reflect.deleteProperty(slots, slot);
      throw error;
    }
    slots[slot] = instance;
    if (types.isPromise(instance)) {
      // Who asks while it is being made shares the promise, who asks later gets the instance at once.
      instance.then(
        (made) => (slots[slot] = made),
        () => Reflect.deleteProperty(slots, slot),
      );
    }
    return instance;
  };
}

/** Calls `make` with the instances; when some of them are promises, once all are there. */
export function whenReady(instances: readonly unknown[], make: Create): unknown {
  return instances.some((each) => types.isPromise(each)) ? Promise.all(instances).then(make) : make(instances);
}

/** For what is asked for while it, or what it needs, is being created or waits for that. */
export function notReady(label: string, owner?: string): SkerryError {
  return new SkerryError(
    'SKERRY_DI_NOT_READY',
    `Cannot give ${label}${owner === undefined ? '' : ` to ${owner}`} yet: it does not exist. Ask for it when it is needed, not in a constructor.`,
  );
}
