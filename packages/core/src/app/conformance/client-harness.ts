import { Context } from '../../context/context.js';
import { Clock } from '../../clock/clock.js';
import { SystemClock } from '../../clock/system-clock.js';
import type { ValueProvider } from '../../container/provider.js';
import { tokenKey } from '../../container/token.js';
import { Module, type ModuleClass, type ModuleImport } from '../../module/module.js';
import { MemoryRegistryDriver } from '../../registry/memory.js';
import { MemoryRegistryEngine } from '../../registry/memory-engine.js';
import { REGISTRY_DRIVER } from '../../registry/registry-driver-token.js';
import { Application } from '../application.js';
import type { ApplicationOptions } from '../options.js';
import type { ProtocolCaller, ProtocolCallOptions, ProtocolHarness } from './harness.js';

export interface ClientHarnessOptions {
  /** Of both applications: what adds the protocol, or its transport. Default: none. */
  readonly imports?: readonly ModuleImport[];
  /** Provided to both in the place of what is built in. Default: nothing. */
  readonly provide?: (clock: Clock) => readonly ValueProvider[];
  /** As a client names it. Default: the native one. */
  readonly protocol?: string;
  /** Where the server listens. Default `tcp://127.0.0.1:0`. */
  readonly listen?: string;
  /** Of both applications, before those of a test. Default: none. */
  readonly options?: ApplicationOptions;
  /** See {@link ProtocolHarness.lacks}. */
  readonly lacks?: ProtocolHarness['lacks'];
  /** See {@link ProtocolHarness.identity}. */
  readonly identity?: ProtocolHarness['identity'];
  /** The caller is a part of the application that serves, so that nothing leaves the process. Default `false`. */
  readonly within?: boolean;
}

/** Calls by Skerry's own client, from an application of its own that finds the other in a registry. */
export function clientHarness(harness: ClientHarnessOptions = {}): ProtocolHarness {
  const { imports = [], protocol, listen = 'tcp://127.0.0.1:0', within = false, lacks = {}, identity } = harness;
  return {
    lacks,
    ...(identity === undefined ? {} : { identity }),
    discovers: true,
    open: async (root, options) => {
      const clock = new SystemClock();
      const registry = {
        provide: REGISTRY_DRIVER,
        useValue: new MemoryRegistryDriver(new MemoryRegistryEngine(clock)),
      };
      const provided = [{ provide: Clock, useValue: clock }, registry, ...(harness.provide?.(clock) ?? [])];
      const overrides = new Map(provided.map((each) => [tokenKey(each.provide), each] as const));
      const start = async (module: ModuleClass): Promise<Application> => {
        const app = await Application.create(together(module, imports), {
          listen,
          ...harness.options,
          ...options,
          overrides,
        });
        await app.start();
        return app;
      };
      const server = await start(root);
      const calling = within ? server : await start(Nobody);
      return {
        server,
        caller: new ClientCaller(calling, clock, protocol),
        close: async () => {
          if (calling !== server) await calling.stop();
          await server.stop();
        },
      };
    },
  };
}

@Module()
class Nobody {}

function together(root: ModuleClass, imports: readonly ModuleImport[]): ModuleClass {
  @Module({ imports: [root, ...imports] })
  class Subject {}
  return Subject;
}

type Untyped = Record<string, (request: unknown, options: object) => unknown>;

class ClientCaller implements ProtocolCaller {
  constructor(
    private readonly app: Application,
    private readonly clock: Clock,
    private readonly protocol: string | undefined,
  ) {}

  unary(endpoint: string, request: unknown, options?: ProtocolCallOptions): Promise<unknown> {
    return this.call(endpoint, request, options) as Promise<unknown>;
  }

  serverStream(endpoint: string, request: unknown, options?: ProtocolCallOptions): AsyncIterable<unknown> {
    return this.call(endpoint, request, options) as AsyncIterable<unknown>;
  }

  clientStream(endpoint: string, requests: AsyncIterable<unknown>, options?: ProtocolCallOptions): Promise<unknown> {
    return this.call(endpoint, requests, options) as Promise<unknown>;
  }

  bidirectional(
    endpoint: string,
    requests: AsyncIterable<unknown>,
    options?: ProtocolCallOptions,
  ): AsyncIterable<unknown> {
    return this.call(endpoint, requests, options) as AsyncIterable<unknown>;
  }

  private call(endpoint: string, request: unknown, { trace, ...options }: ProtocolCallOptions = {}): unknown {
    const [service, handler] = endpoint.split('.') as [string, string];
    const client = this.app.client<Untyped>(
      service,
      this.protocol ? { protocol: this.protocol } : {},
    ) as unknown as Untyped;
    const call = (): unknown => client[handler]!(request, options);
    return trace ? new Context(this.clock, { deadline: this.clock.now() + 60_000, ...trace }).run(call) : call();
  }
}
