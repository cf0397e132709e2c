import { Peers } from '../client/peers.js';
import { Clients } from '../client/clients.js';
import type { Client } from '../client/client.js';
import { Clock } from '../clock/clock.js';
import { Container } from '../container/container.js';
import { tokenKey, tokenName, type Token } from '../container/token.js';
import { Logger, LogSink } from '../debug/logger.js';
import { nearest } from '../errors/nearest.js';
import { SkerryError } from '../errors/skerry-error.js';
import { bindings } from '../module/bindings.js';
import type { ModuleGraph, ProviderNode } from '../module/graph.js';
import { verify } from '../module/verify.js';
import type { Registration } from '../registry/registration.js';
import { Registry } from '../registry/registry.js';
import { composeEndpoint, type Endpoint } from '../server/endpoint.js';
import { Server } from '../server/server.js';
import { findServices, type ServedProvider } from '../service/check.js';
import { Transport } from '../transport/transport.js';
import { advertised } from './advertise.js';
import { APPLICATION_INFO, builtIn, CODEC } from './built-in.js';
import { AppEvents, type StopStep } from './events.js';
import { callAllHooks, callHooks, type Hooked, type HookRun } from './hooks.js';
import { loadRoot, rootName, type RootModule } from './load-root.js';
import { logEvents } from './log-events.js';
import { describeNode } from './node-records.js';
import { resolveOptions, type ApplicationOptions, type ResolvedOptions } from './options.js';

export type ApplicationState = 'created' | 'starting' | 'running' | 'stopping' | 'stopped';

/** One application: a verified module graph, and, once started, its instances, its server and its registrations. */
export class Application {
  private container?: Container;
  private server?: Server;
  private listening?: string;
  private registrations: Registration[] = [];
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
    private readonly served: readonly ServedProvider[],
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
      builtIn: builtIn(name, options, events),
      ...(options.overrides ? { overrides: options.overrides } : {}),
      checks: [
        (providers) => {
          const found = findServices(providers);
          served = found.served;
          return found.problems;
        },
      ],
    });
    events.emit({ type: 'graph-verified', modules: graph.modules.length, providers: graph.providers.length });
    return new Application(name, graph, events, served, options);
  }

  get state(): ApplicationState {
    return this.current;
  }

  /** Where the services of this application are called; `undefined` while it does not run, or serves nothing. */
  get address(): string | undefined {
    return this.listening;
  }

  /**
   * Creates everything, initialises it, listens, and registers, so that others find it. When any of that fails, what had
   * been started is stopped again before this rejects.
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
    const { container } = this;
    if (!container) throw this.wrongState(`give ${tokenName(token)}`);
    const sight = this.graph.visibility.see(this.graph.root, token);
    if (sight.kind === 'many') return sight.providers.map(({ id }) => container.get(id)) as T;
    const provider = sight.kind === 'one' ? sight.provider : this.only(token);
    return container.get(provider.id) as T;
  }

  /** A client, as `@InjectClient` injects it. */
  client<T>(service: string): Client<T> {
    return this.get(Clients).of<T>(service);
  }

  private async begin(): Promise<void> {
    const { graph, events, name } = this;
    this.container = new Container(bindings(graph));
    try {
      const clock = this.get(Clock);
      const startedAt = clock.now();
      await this.container.createSingletons();
      events.on(logEvents(this.get(Logger)));
      events.emit({ type: 'created', instances: this.container.created.length, tookMs: clock.now() - startedAt });
      const run = this.hookRun();
      const hooked = this.hooked();
      await callHooks('onModuleInit', hooked, run);
      if (this.served.length > 0) await this.listen();
      await callHooks('onApplicationBootstrap', hooked, run);
      this.bootstrapped = true;
      await this.register();
      this.current = 'running';
      const services = this.served.map(({ service }) => service.name);
      const address = this.listening;
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
      events.emit({ type: 'start-failed', application: name, error });
      throw error;
    }
  }

  private async listen(): Promise<void> {
    const { instance } = this.get(APPLICATION_INFO);
    const endpoints = this.served.flatMap((each) => this.endpointsOf(each, instance));
    this.server = new Server({
      transport: this.get(Transport),
      clock: this.get(Clock),
      codec: this.get(CODEC),
      maxMessageBytes: this.options.maxMessageBytes,
      endpoints,
      events: (event) => this.events.emit(event),
    });
    this.listening = await this.server.listen(this.options.listen);
  }

  private endpointsOf({ provider, service }: ServedProvider, instance: string): Endpoint[] {
    const container = this.container!;
    const single = container.isRequestScoped(provider.id) ? undefined : container.get(provider.id);
    const owner = single ? () => single : () => container.get(provider.id);
    return service.handlers.map((handler) => composeEndpoint(service, handler, nodeId(service.name, instance), owner));
  }

  private async register(): Promise<void> {
    if (!this.listening) return;
    const registry = this.get(Registry);
    const address = advertised(this.listening, this.options.advertise);
    const { instance } = this.get(APPLICATION_INFO);
    this.registrations = this.served.map(({ service }) =>
      registry.register(describeNode(service, nodeId(service.name, instance), address)),
    );
    await Promise.all(this.registrations.map(({ ready }) => ready));
  }

  private async finish(reason: string): Promise<number> {
    // A start that is under way is not torn apart: it ends first, one way or the other.
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

  /** Undoes, in reverse, whatever had been started. Never rejects: gives the number of failures. */
  private async tearDown(reason: string): Promise<number> {
    const { server, registrations, options } = this;
    const leaving = this.hooked().reverse();
    let failures = 0;
    const step = async (name: StopStep, work: () => Promise<string | undefined>): Promise<void> => {
      const clock = this.get(Clock);
      const startedAt = clock.now();
      const note = await work().catch((error: unknown) => {
        failures++;
        return `failed: ${error instanceof Error ? error.message : String(error)}`;
      });
      this.events.emit({ type: 'stop-step', step: name, tookMs: clock.now() - startedAt, ...(note ? { note } : {}) });
    };
    const hooks = (hook: 'beforeApplicationShutdown' | 'onApplicationShutdown') => async (): Promise<undefined> => {
      failures += (await callAllHooks(hook, leaving, reason, this.hookRun())).length;
    };
    if (this.bootstrapped) await step('before-hooks', hooks('beforeApplicationShutdown'));
    if (registrations.length > 0) {
      await step('deregister', async () => void (await Promise.all(registrations.map((each) => each.deregister()))));
      if (options.drainDelayMs > 0)
        await step('wait', async () => void (await this.get(Clock).sleep(options.drainDelayMs)));
    }
    if (server) {
      await step('drain', async () => {
        const running = server.inFlight;
        const cut = await server.drain(options.drainTimeoutMs);
        if (cut > 0) failures++;
        return `${running - cut} finished, ${cut} cut off`;
      });
    }
    if (leaving.length > 0) await step('hooks', hooks('onApplicationShutdown'));
    await step('close', async () => {
      await server?.close();
      this.existing(Peers)?.close();
      await this.existing(Registry)?.close();
      return undefined;
    });
    return failures;
  }

  /** What has hooks: everything that Skerry created, in the order of its creation, each once. */
  private hooked(): Hooked[] {
    const kinds = new Map(this.graph.providers.map(({ id, kind }) => [id, kind]));
    const seen = new Set<unknown>();
    return this.container!.created.flatMap(({ binding, instance }) => {
      if (kinds.get(binding.id) === 'value' || typeof instance !== 'object' || instance === null || seen.has(instance))
        return [];
      seen.add(instance);
      return [{ name: binding.label, instance }];
    });
  }

  private hookRun(): HookRun {
    return { clock: this.get(Clock), events: this.events, timeoutMs: this.options.hookTimeoutMs };
  }

  /** A singleton if it was created before the start failed. */
  private existing<T>(token: Token<T>): T | undefined {
    const sight = this.graph.visibility.see(this.graph.root, token);
    if (sight.kind !== 'one') return undefined;
    return this.container!.created.find(({ binding }) => binding.id === sight.provider.id)?.instance as T | undefined;
  }

  private only(token: Token): ProviderNode {
    const providers = this.graph.providers.filter((each) => tokenKey(each.token) === tokenKey(token));
    const [provider] = providers;
    if (providers.length === 1 && provider) return provider;
    const name = tokenName(token);
    if (providers.length > 1) {
      const modules = providers.map(({ module }) => module.name).join(', ');
      throw new SkerryError(
        'SKERRY_DI_AMBIGUOUS',
        `Cannot get ${name}: ${modules} provide it, and ${this.name} sees none of them.`,
      );
    }
    const near = nearest(
      name,
      this.graph.providers.map((each) => each.name),
    );
    const hint = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
    throw new SkerryError('SKERRY_DI_NOT_FOUND', `Cannot get ${name}: nothing in ${this.name} provides it.${hint}`);
  }

  private wrongState(what: string): SkerryError {
    return new SkerryError('SKERRY_APP_STATE', `Cannot ${what}: ${this.name} is ${this.current}.`);
  }
}

function nodeId(service: string, instance: string): string {
  return `${service}-${instance}`;
}
