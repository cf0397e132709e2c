import type { Class, Injected, ModuleClass, ModuleImport, Provider, Token } from '@skerry/core';
import { serviceOf } from '@skerry/core';
import { Changes } from './changes.js';
import { ClientDouble, type ClientBehaviour } from './doubles/client-double.js';
import type { TestApp } from './test-app.js';
import type { TestNetwork } from './test-network.js';
import { callLogOf } from './trace/call-log.js';

/** Collects what shall be different in a test, then starts the application. */
export class TestAppBuilder {
  private readonly changes = new Changes();

  constructor(
    private readonly network: TestNetwork,
    private readonly begin: (changes: Changes) => Promise<TestApp>,
  ) {}

  /**
   * Replaces what provides `token`, in whichever modules that is. One for a class also replaces what makes that class for another
   * token, so guards and interceptors are named by their classes however they are bound. Starting fails with
   * `SKERRY_DI_UNUSED_OVERRIDE` when it replaces nothing.
   */
  override<T>(token: Token<T>): Override<T> {
    const use = (provider: Provider): this => {
      this.changes.providers.push(provider);
      return this;
    };
    return {
      useValue: (value) => use({ provide: token, useValue: value }),
      useClass: (type) => use({ provide: token, useClass: type }),
      useFactory: (factory, inject = []) => use({ provide: token, useFactory: factory, inject }),
      useDouble: (behaviour = {}) => use(this.changes.doubles.add(token, behaviour)),
    };
  }

  /**
   * Replaces a module wherever it is imported or exported; every instance of a dynamic one, whatever it was made with. What takes its
   * place may import it. Starting fails with `SKERRY_DI_UNUSED_OVERRIDE` when nothing imports it.
   */
  overrideModule(module: ModuleClass): ModuleOverride {
    return {
      useModule: (instead) => {
        this.changes.modules.set(module as Class, instead);
        return this;
      },
    };
  }

  /**
   * Replaces the client of a service, however it is asked for: by `@InjectClient`, by `Clients`, by {@link TestApp.client}. Starting
   * fails with `SKERRY_DI_UNUSED_OVERRIDE` when nothing injects it.
   *
   * @param service Its class, and then requests are checked as the service would, or its name.
   */
  overrideClient<T>(service: Class<T> | string): ClientOverride<T> {
    const about = typeof service === 'string' ? undefined : serviceOf(service);
    const name = about?.name ?? (service as string);
    const use = (behaviour: object | undefined): this => {
      const told = behaviour as Readonly<Record<string, unknown>> | undefined;
      const { observeDouble } = callLogOf(this.network);
      this.changes.doubles.addClient(new ClientDouble(name, told, about, observeDouble, this.network.clock));
      return this;
    };
    return { useValue: (behaviour) => use(behaviour), useDouble: () => use(undefined) };
  }

  /**
   * Puts an automatic double in the place of what provides `token`, or of nothing where nothing does: every method is recorded, and
   * answers `undefined` until {@link TestApp.double} tells it better.
   *
   * @param behaviour Values of properties, and what methods do from the beginning.
   */
  double<T>(token: Token<T>, behaviour?: Partial<T>): this {
    return this.override(token).useDouble(behaviour) as this;
  }

  /** Gives every dependency that nothing in the application provides an automatic double. */
  doubleMissing(): this {
    this.changes.doubles.missing = true;
    return this;
  }

  /** Starts the application; rejects as {@link Skerry.create} and `start` do. */
  start(): Promise<TestApp> {
    return this.begin(this.changes);
  }
}

/** How a token is provided instead. */
export interface Override<T> {
  /** Lifecycle hooks of the value are not called: it belongs to the test. A part of `T` will do. */
  useValue(value: Partial<T>): TestAppBuilder;
  useClass(type: Class<Partial<T>>): TestAppBuilder;
  useFactory(
    factory: (...dependencies: never[]) => Partial<T> | Promise<Partial<T>>,
    inject?: readonly Injected[],
  ): TestAppBuilder;
  /** An automatic double: see {@link TestAppBuilder.double}. */
  useDouble(behaviour?: Partial<T>): TestAppBuilder;
}

export interface ModuleOverride {
  /** A class, or what its `forRoot` gives. */
  useModule(module: ModuleImport): TestAppBuilder;
}

/** How the service behind a client is stood in for. */
export interface ClientOverride<T> {
  /**
   * Handlers that answer. A handler that is missing here rejects with `SKERRY_TEST_NO_ANSWER`; one that throws what is no
   * `SkerryError` rejects with `SKERRY_RPC_INTERNAL`, as over the network.
   */
  useValue(behaviour: ClientBehaviour<T>): TestAppBuilder;
  /** Every handler answers `undefined`, or nothing where it streams, until {@link TestApp.clientDouble} tells it better. */
  useDouble(): TestAppBuilder;
}
