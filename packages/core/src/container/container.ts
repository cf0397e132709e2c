import { types } from 'node:util';
import { Container as Inversify } from '#inversify';
import { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import { compile, needed, type Binding, type BoundDependency } from './binding.js';
import type { Lazy } from './lazy.js';
import { RequestPlans, notReady, whenReady, type RequestScope } from './request-plan.js';

/** A singleton that exists. */
export interface Created {
  readonly binding: Binding;
  readonly instance: unknown;
}

/** What inversify holds: an instance in a box, because it would take one that has a `then` of its own for a promise. */
interface Box {
  readonly binding: Binding;
  instance: unknown;
  /** Settled when an instance that is made asynchronously is there. */
  pending?: Promise<void>;
}

/**
 * Creates what a verified graph describes, and keeps it. Inversify holds singletons and transients; what lives for one
 * request is created from a plan compiled at boot, because a child container per request costs a hundred times as much.
 */
export class Container {
  private readonly inversify = new Inversify();
  private readonly bindings: ReadonlyMap<symbol, Binding>;
  private readonly requests: RequestPlans;
  /** Those that exist, in the order in which they came to. */
  private readonly singletons = new Map<symbol, Created>();
  /** Singletons whose constructor or factory is running. */
  private readonly making = new Set<symbol>();
  private complete = false;

  /** @param bindings All providers, each after what it needs. */
  constructor(bindings: readonly Binding[]) {
    this.bindings = new Map(bindings.map((binding) => [binding.id, binding]));
    this.requests = new RequestPlans(
      bindings,
      (binding) => this.creator(binding),
      (id) => this.get(id),
    );
    for (const binding of bindings) if (!this.requests.has(binding.id)) this.bind(binding);
  }

  /**
   * Creates all singletons, each after what it needs, waiting for those that are asynchronous. Rejects with
   * `SKERRY_DI_CREATE_FAILED` at the first that fails; {@link created} then tells what exists and wants to be released.
   */
  async createSingletons(): Promise<void> {
    for (const { id, scope } of this.bindings.values()) {
      if (scope === 'singleton') await this.inversify.get<Box>(id).pending;
    }
    this.complete = true;
  }

  /** The singletons that exist, in the order of their creation. */
  get created(): readonly Created[] {
    return [...this.singletons.values()];
  }

  /**
   * The singleton, a new transient, or, inside of a request, its request-scoped instance: a promise where that is made
   * asynchronously and not ready yet. A singleton that does not exist yet is created.
   *
   * Throws `SKERRY_DI_NOT_READY` for what is still being created, `SKERRY_DI_CREATE_FAILED` for what cannot be, and
   * `SKERRY_DI_NO_REQUEST` for what lives for one request, outside of one.
   */
  get(id: symbol): unknown {
    const singleton = this.singletons.get(id);
    if (singleton) return singleton.instance;
    if (this.requests.has(id)) return this.requests.resolve(id, this.currentRequest(id));
    return unboxed(this.inversify.get<Box>(id));
  }

  /** Whether the provider lives for one request, or holds something that does. */
  isRequestScoped(id: symbol): boolean {
    return this.requests.has(id);
  }

  private bind(binding: Binding): void {
    const create = this.creator(binding);
    const needs = binding.dependencies.flatMap(needed);
    if (binding.scope === 'singleton') {
      const single = (...boxes: Box[]): Box => this.createOnce(binding, () => create(boxes.map(unboxed)));
      this.inversify.bind<Box>(binding.id).toResolvedValue(single, needs).inSingletonScope();
    } else {
      const another = (...boxes: Box[]): Box => ({ binding, instance: create(boxes.map(unboxed)) });
      this.inversify.bind<Box>(binding.id).toResolvedValue(another, needs).inTransientScope();
    }
  }

  private createOnce(binding: Binding, create: () => unknown): Box {
    const { id, label } = binding;
    if (this.making.has(id)) throw notReady(label);
    this.making.add(id);
    try {
      const box: Box = { binding, instance: create() };
      if (types.isPromise(box.instance)) {
        box.pending = box.instance.then((instance) => {
          box.instance = instance;
          delete box.pending;
          this.singletons.set(id, box);
        });
        // It is createSingletons that waits for it, and perhaps not yet.
        box.pending.catch(() => undefined);
      } else {
        this.singletons.set(id, box);
      }
      return box;
    } finally {
      this.making.delete(id);
    }
  }

  private creator(binding: Binding): (instances: readonly unknown[]) => unknown {
    const picks = binding.dependencies.map((each) =>
      compile(each, (target, label) => this.lazy(target, label, binding.label)),
    );
    return (instances) => {
      try {
        const source = instances.values();
        const made = binding.create(...picks.map((pick) => pick(source)));
        if (!types.isPromise(made)) return made;
        const explained = made.catch((cause: unknown) => Promise.reject(failed(binding, cause)));
        if (binding.scope !== 'transient') return explained;
        explained.catch(() => undefined);
        throw new Error(
          'a transient provider cannot be asynchronous. Make it a singleton, or let it live for one request',
        );
      } catch (cause) {
        throw failed(binding, cause);
      }
    };
  }

  private lazy(target: BoundDependency, label: string, owner: string): Lazy<unknown> {
    const ids = needed(target);
    const pick = compile(target, (deeper, deeperLabel) => this.lazy(deeper, deeperLabel, owner));
    return {
      get: () => {
        if (!this.complete && !this.exist(ids)) throw notReady(label, owner);
        return whenReady(
          ids.map((id) => this.get(id)),
          (instances) => pick(instances.values()),
        );
      },
    };
  }

  /** Whether all singletons exist that the providers are, or would be created from. */
  private exist(ids: readonly symbol[], seen = new Set<symbol>()): boolean {
    return ids.every((id) => {
      if (seen.has(id)) return true;
      seen.add(id);
      const { scope, dependencies } = this.bindings.get(id)!;
      return scope === 'singleton' ? this.singletons.has(id) : this.exist(dependencies.flatMap(needed), seen);
    });
  }

  private currentRequest(id: symbol): RequestScope {
    const context = Context.current();
    if (!context) {
      throw new SkerryError(
        'SKERRY_DI_NO_REQUEST',
        `Cannot give ${this.bindings.get(id)!.label} outside of a request: it lives for one request. Ask for it inside of a handler, or run the work in a Context.`,
      );
    }
    const scopes = context.requestScope as RequestScope | undefined;
    for (let scope = scopes; scope; scope = scope.next) if (scope.owner === this) return scope;
    const fresh: RequestScope = { owner: this, slots: [], ...(scopes ? { next: scopes } : {}) };
    context.requestScope = fresh;
    return fresh;
  }
}

function unboxed(box: Box): unknown {
  if (box.pending) throw notReady(box.binding.label);
  return box.instance;
}

function failed(binding: Binding, cause: unknown): SkerryError {
  // What it needed failed to be created and was explained already: do not explain it once per storey.
  if (SkerryError.is(cause) && cause.code.startsWith('SKERRY_DI_')) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SkerryError('SKERRY_DI_CREATE_FAILED', `Cannot create ${binding.label}: ${reason}`, { cause });
}
