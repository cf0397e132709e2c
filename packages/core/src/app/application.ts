import { Broker } from '../broker/broker.js';
import { Peers } from '../client/peers.js';
import { Clients, type ClientOptions } from '../client/clients.js';
import type { Client } from '../client/client.js';
import { Clock } from '../clock/clock.js';
import { contractOf, type Contract } from '../contract/contract.js';
import { Codecs } from '../codec/codecs.js';
import { Container } from '../container/container.js';
import { tokenName, type Token } from '../container/token.js';
import { Health } from '../debug/health.js';
import { Logger, LogSink } from '../debug/logger.js';
import { SkerryError } from '../errors/skerry-error.js';
import { bindings } from '../module/bindings.js';
import type { ModuleGraph } from '../module/graph.js';
import { verify } from '../module/verify.js';
import { Registry } from '../registry/registry.js';
import { findServices, type ServedProvider } from '../service/check.js';
import { Store } from '../store/store.js';
import { APPLICATION_INFO, builtIn } from './built-in.js';
import { enginesOnly } from './engines-only.js';
import { AppEvents } from './events.js';
import { healthChecks, invalidHealthChecks } from './health-checks.js';
import { followHealth, untilReady } from './health-gate.js';
import { callHooks, type HookRun } from './hooks.js';
import { Instances } from './instances.js';
import { loadRoot, rootName, type RootModule } from './load-root.js';
import { logEvents } from './log-events.js';
import { Serving } from './serving.js';
import { checkSubscriptions, composeSubscriptions } from './subscriptions.js';
import { tearDown } from './tear-down.js';
import { resolveOptions, type ApplicationOptions, type ResolvedOptions } from './options.js';

export type ApplicationState = 'created' | 'starting' | 'running' | 'stopping' | 'stopped';

/** One application: a verified module graph, and, once started, its instances, its server and its registrations. */
export class Application {
  private instances?: Instances;
  private serving?: Serving;
  private bootstrapped = false;
  private current: ApplicationState = 'created';
  private starting?: Promise<void>;
  private ending?: Promise<number>;

  private constructor(
    /** The root module's name. */
    readonly name: string,
    /** What the application is made of. */
    readonly graph: ModuleGraph,
    readonly events: AppEvents,
    /** What it serves, as its decorators say, with the providers that make it. For tools; known without being started. */
    readonly served: readonly ServedProvider[],
    private readonly options: ResolvedOptions,
  ) {}

  /**
   * Loads and verifies; constructs nothing and opens nothing. Rejects with a `GraphError` that carries every problem of the
   * module graph.
   */
  static async create(root: RootModule, given: ApplicationOptions = {}): Promise<Application> {
    const options = resolveOptions(given);
    const events = new AppEvents();
    if (options.onEvent) events.on(options.onEvent);
    const module = await loadRoot(root);
    const name = rootName(module);
    events.emit({ type: 'starting', application: name });
    let served: readonly ServedProvider[] = [];
    const graph = await verify(module, {
      builtIn: builtIn(name, options, events, () => served.map(({ service }) => service)),
      ...(options.overrides ? { overrides: options.overrides } : {}),
      ...(options.seams ? { seams: options.seams } : {}),
      checks: [
        (graph) => {
          const found = findServices(graph);
          served = found.served;
          return found.problems;
        },
        ({ providers }) => invalidHealthChecks(providers),
      ],
    });
    events.emit({ type: 'graph-verified', modules: graph.modules.length, providers: graph.providers.length });
    if (options.enginesOnly) return new Application(name, enginesOnly(graph), events, [], options);
    return new Application(name, graph, events, served, options);
  }

  get state(): ApplicationState {
    return this.current;
  }

  /** What its services offer and take, for documents and comparisons. Known without being started. */
  get contract(): Contract {
    return contractOf(
      this.name,
      this.served.map(({ service }) => service),
    );
  }

  /** Where the services of this application are called; `undefined` while it does not run, or serves nothing. */
  get address(): string | undefined {
    return this.serving?.address;
  }

  /** Whether it is ready for calls, by its health checks. Throws `SKERRY_APP_STATE` before it was started. */
  get health(): Health {
    return this.get(Health);
  }

  /**
   * Creates everything, initialises it, listens, and registers, so that others find it. When any of that fails, what had
   * been started is stopped again before this rejects. Waits until the health checks say that it is ready, however long that
   * takes, and says every ten seconds what it waits for; {@link stop} ends the wait.
   */
  async start(): Promise<void> {
    if (this.current !== 'created') throw this.wrongState('start');
    this.current = 'starting';
    this.starting = this.begin();
    await this.starting;
  }

  /**
   * Stops in order, without losing a call: shutdown hooks, deregister, wait for others to learn it, finish what runs, close.
   * Resolves with the number of things that went wrong meanwhile; each was told as an event. Harmless twice.
   *
   * @param reason For hooks and the log. Default `stop`.
   */
  stop(reason = 'stop'): Promise<number> {
    this.ending ??= this.finish(reason);
    return this.ending;
  }

  /**
   * An instance: of what the root module sees, or else of the only provider of that token anywhere in the application.
   *
   * Throws `SKERRY_DI_NOT_FOUND`, or `SKERRY_DI_AMBIGUOUS` when several modules provide it and the root sees none.
   */
  get<T>(token: Token<T>): T {
    if (!this.instances) throw this.wrongState(`give ${tokenName(token)}`);
    return this.instances.get(token);
  }

  /** A client, as `@InjectClient` injects it. */
  client<T>(service: string, options?: ClientOptions): Client<T> {
    return this.get(Clients).of<T>(service, options);
  }

  private async begin(): Promise<void> {
    const { graph, events, name } = this;
    const container = new Container(bindings(graph));
    this.instances = new Instances(graph, container);
    try {
      const clock = this.get(Clock);
      const startedAt = clock.now();
      await container.createSingletons();
      events.on(logEvents(this.get(Logger)));
      events.emit({ type: 'created', instances: container.created.length, tookMs: clock.now() - startedAt });
      const run = this.hookRun();
      const hooked = this.instances.hooked();
      await callHooks('onModuleInit', hooked, run);
      const broker = this.subscribes ? this.subscribe() : undefined;
      this.serving = new Serving(this.served, this.instances, this.options, events);
      await this.serving.listen();
      await callHooks('onApplicationBootstrap', hooked, run);
      this.bootstrapped = true;
      await this.health.start(this.options.enginesOnly ? [] : healthChecks(hooked));
      // Whoever is asked to stop by now leaves again at once: nobody need find it.
      if (!this.ending) await this.register();
      if (!this.ending) await Promise.all((broker?.subscriptions ?? []).map((each) => each.start()));
      this.current = 'running';
      const { services, address } = this.serving;
      events.emit({
        type: 'ready',
        application: name,
        services,
        ...(address ? { address } : {}),
        tookMs: clock.now() - startedAt,
      });
    } catch (cause) {
      const error = SkerryError.from(cause);
      await this.tearDown('start failed');
      this.current = 'stopped';
      // Told to stop while it waited for something: that is no failure.
      if (!this.ending) events.emit({ type: 'start-failed', application: name, error });
      throw error;
    }
  }

  private get subscribes(): boolean {
    return this.served.some(({ service }) => service.subscriptions.length > 0);
  }

  /** Makes the subscriptions; they begin when the application is ready. */
  private subscribe(): Broker {
    const broker = this.get(Broker);
    checkSubscriptions(this.name, this.served, broker);
    composeSubscriptions(this.served, {
      broker,
      instances: this.instances!,
      instance: this.get(APPLICATION_INFO).instance,
      clock: this.get(Clock),
      codecs: this.get(Codecs),
      observer: this.options.observer,
    });
    return broker;
  }

  /** Resolves when the application is ready, and registered where it serves anything. */
  private async register(): Promise<void> {
    const { health, serving } = this;
    serving!.announce();
    const { registrations } = serving!;
    followHealth(health, registrations);
    const remind = (reason: string): void =>
      this.events.emit({ type: 'start-waiting', application: this.name, reason });
    await Promise.all([untilReady(health, this.get(Clock), remind), ...registrations.map(({ ready }) => ready)]);
  }

  private async finish(reason: string): Promise<number> {
    // A start that is under way is not torn apart: it ends first, one way or the other. Only what it may wait for without
    // end, a registry that does not answer and checks that fail, is given up.
    if (this.current === 'starting') {
      this.instances?.existing(Health)?.stop();
      for (const subscription of this.instances?.existing(Broker)?.subscriptions ?? []) void subscription.stop(0);
      // What cannot be removed is told as an event, and left to its TTL.
      for (const registration of this.serving?.registrations ?? []) registration.deregister().catch(() => undefined);
    }
    await this.starting?.catch(() => undefined);
    if (this.current !== 'running') {
      this.current = 'stopped';
      return 0;
    }
    this.current = 'stopping';
    const clock = this.get(Clock);
    const startedAt = clock.now();
    this.events.emit({ type: 'stopping', application: this.name, reason });
    const failures = await this.tearDown(reason);
    this.current = 'stopped';
    this.events.emit({ type: 'stopped', application: this.name, reason, tookMs: clock.now() - startedAt, failures });
    await this.get(LogSink).close();
    return failures;
  }

  private tearDown(reason: string): Promise<number> {
    const { bootstrapped, options, instances } = this;
    const { server, registrations = [] } = this.serving ?? {};
    const broker = this.subscribes ? instances!.existing(Broker) : undefined;
    const { drainDelayMs, drainTimeoutMs } = options;
    const close = async (): Promise<void> => {
      await instances!.existing(Broker)?.close();
      instances!.existing(Clients)?.close();
      instances!.existing(Peers)?.close();
      await instances!.existing(Registry)?.close();
      await instances!.existing(Store)?.close();
    };
    instances!.existing(Health)?.stop();
    const hooked = instances!.hooked();
    return tearDown(
      { run: this.hookRun(), hooked, bootstrapped, registrations, server, broker, drainDelayMs, drainTimeoutMs, close },
      reason,
    );
  }

  private hookRun(): HookRun {
    return { clock: this.get(Clock), events: this.events, timeoutMs: this.options.hookTimeoutMs };
  }

  private wrongState(what: string): SkerryError {
    return new SkerryError('SKERRY_APP_STATE', `Cannot ${what}: ${this.name} is ${this.current}.`);
  }
}
