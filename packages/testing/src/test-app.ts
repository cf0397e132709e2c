import {
  Application,
  Clock,
  LogSink,
  BROKER_DRIVER,
  REGISTRY_DRIVER,
  STORE_DRIVER,
  Skerry,
  SkerryError,
  tokenKey,
  TRANSPORT_DRIVERS,
  type AppEvent,
  type ApplicationOptions,
  type Class,
  type Client,
  type ClientOptions,
  type Injected,
  type LogEntry,
  type Provider,
  type RootModule,
  type Token,
} from '@skerry/core';
import { LeakDetector } from './leak-detector.js';
import { TestNetwork } from './test-network.js';

export interface TestAppOptions extends Omit<ApplicationOptions, 'overrides'> {
  /** Where the application finds others. Default: a network of its own. */
  readonly network?: TestNetwork;
  /** Whether {@link TestApp.close} rejects when something was left open. Default `true`. */
  readonly detectLeaks?: boolean;
}

/**
 * An application in a test: the real container, graph and pipelines, on a memory network, with any part replaced. Engines
 * that the modules bring are replaced by memory too, so nothing leaves the process.
 *
 *     const app = await TestApp.create(AppModule).override(Payments).useValue(fakePayments).start();
 *     const reply = await app.client<Orders>('orders').place({ sku: 'A1' });
 *     await app.close();
 */
export class TestApp {
  /** Everything the application wrote to its log, in order. */
  readonly logs: readonly LogEntry[];
  /** Everything that happened to the application, in order. */
  readonly events: readonly AppEvent[];
  private closing?: Promise<void>;

  private constructor(
    readonly application: Application,
    private readonly network: TestNetwork,
    private readonly leaks: LeakDetector | undefined,
    recorded: Recorded,
  ) {
    this.logs = recorded.logs;
    this.events = recorded.events;
  }

  /** Nothing happens before {@link TestAppBuilder.start}. */
  static create(root: RootModule, options: TestAppOptions = {}): TestAppBuilder {
    return new TestAppBuilder((overrides) => TestApp.start(root, options, overrides));
  }

  private static async start(root: RootModule, options: TestAppOptions, own: readonly Provider[]): Promise<TestApp> {
    const { network = new TestNetwork(), detectLeaks = true, ...rest } = options;
    const recorded: Recorded = { logs: [], events: [] };
    const { transport, registry, broker, store } = network.connect();
    const overrides: Provider[] = [
      { provide: Clock, useValue: network.clock },
      { provide: REGISTRY_DRIVER, useValue: registry },
      { provide: BROKER_DRIVER, useValue: broker },
      { provide: STORE_DRIVER, useValue: store },
      ...(isInMemory(rest.listen) ? [{ provide: TRANSPORT_DRIVERS, useValue: transport }] : []),
      { provide: LogSink, useValue: new RecordingSink(recorded.logs) },
      ...own,
    ];
    const leaks = detectLeaks ? new LeakDetector() : undefined;
    const run = <T>(work: () => T): T => (leaks ? leaks.run(work) : work());
    try {
      const application = await run(() =>
        Skerry.create(root, {
          listen: 'memory://',
          drainDelayMs: 0,
          env: {},
          ...rest,
          overrides: new Map(
            overrides.map((provider) => [tokenKey('provide' in provider ? provider.provide : provider), provider]),
          ),
          onEvent: (event) => {
            recorded.events.push(event);
            rest.onEvent?.(event);
          },
        }),
      );
      const app = new TestApp(application, network, leaks, recorded);
      network.joined(app);
      await run(() => application.start()).catch((error: unknown) => {
        network.left(app);
        throw error;
      });
      return app;
    } catch (error) {
      await leaks?.leaks();
      throw error;
    }
  }

  /** A client of any service on the network, this application's own ones included; typed by the service's class. */
  client<T>(service: string, options?: ClientOptions): Client<T> {
    return this.application.client<T>(service, options);
  }

  /** An instance, from wherever in the application it is provided. */
  get<T>(token: Token<T>): T {
    return this.application.get(token);
  }

  /**
   * Stops the application as SIGTERM would. Rejects with what failed while stopping, or with `SKERRY_TEST_LEAK` when
   * something that the application opened is still open. Harmless twice.
   */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    const { application, leaks } = this;
    this.network.left(this);
    const failures = await (leaks
      ? leaks.run(() => application.stop('the test is over'))
      : application.stop('the test is over'));
    const left = (await leaks?.leaks()) ?? [];
    if (left.length > 0) {
      throw new SkerryError(
        'SKERRY_TEST_LEAK',
        `${application.name} left ${left.length} open after it had stopped:\n  ${left.join('\n  ')}\nClose them in onApplicationShutdown.`,
        { details: { left } },
      );
    }
    const failed = this.events.find((event) => event.type === 'hook-failed');
    if (failures > 0 && failed?.type === 'hook-failed') throw failed.error;
  }
}

/** Collects what shall be different in a test, then starts the application. */
export class TestAppBuilder {
  private readonly overrides: Provider[] = [];

  constructor(private readonly begin: (overrides: readonly Provider[]) => Promise<TestApp>) {}

  /** Replaces what provides `token`, in whichever modules that is. Starting fails when nothing provides it. */
  override<T>(token: Token<T>): Override<T> {
    const use = (provider: Provider): this => {
      this.overrides.push(provider);
      return this;
    };
    return {
      useValue: (value) => use({ provide: token, useValue: value }),
      useClass: (type) => use({ provide: token, useClass: type }),
      useFactory: (factory, inject = []) => use({ provide: token, useFactory: factory, inject }),
    };
  }

  /** Starts the application; rejects as {@link Skerry.create} and `start` do. */
  start(): Promise<TestApp> {
    return this.begin(this.overrides);
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
}

interface Recorded {
  readonly logs: LogEntry[];
  readonly events: AppEvent[];
}

class RecordingSink extends LogSink {
  constructor(private readonly entries: LogEntry[]) {
    super();
  }

  override write(entry: LogEntry): void {
    this.entries.push(entry);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}

/** An address that others reach, such as `tcp://127.0.0.1:0`, is listened on for real: for curl, a browser, other processes. */
function isInMemory(listen = 'memory://'): boolean {
  return listen.startsWith('memory:');
}
