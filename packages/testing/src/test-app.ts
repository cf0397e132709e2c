import {
  Application,
  BROKER_DRIVER,
  Clients,
  Clock,
  Codecs,
  LogSink,
  REGISTRY_DRIVER,
  serviceOf,
  Skerry,
  SkerryError,
  STORE_DRIVER,
  tokenKey,
  TRANSPORT_DRIVERS,
  type AppEvent,
  type ApplicationOptions,
  type BrokerDriver,
  type Class,
  type Client,
  type ClientOptions,
  type LogEntry,
  type PeerIdentity,
  type Provider,
  type RootModule,
  type Token,
  type Topic,
} from '@skerry/core';
import type { Changes } from './changes.js';
import type { DoubledClient } from './doubles/client-double.js';
import type { Doubled } from './doubles/double.js';
import { eventually, resultOf, type EventuallyOptions } from './eventually.js';
import { LeakDetector } from './leak-detector.js';
import { RecordingSink } from './recording-sink.js';
import { BrokerLog, type SpiedMessage } from './spies/broker-log.js';
import { spiedBrokerDriver } from './spies/spied-broker-driver.js';
import { TopicSpy } from './spies/topic-spy.js';
import { TestAppBuilder } from './test-app-builder.js';
import { TestNetwork } from './test-network.js';
import { callLogOf } from './trace/call-log.js';
import { Trace } from './trace/trace.js';

export interface TestAppOptions extends Omit<ApplicationOptions, 'overrides' | 'seams' | 'observer'> {
  /** Where the application finds others. Default: a network of its own. */
  readonly network?: TestNetwork;
  /**
   * `memory` puts the network's own engines in the place of all others, so nothing leaves the process; `own` leaves the application
   * those that its modules bring, for tests against real servers. Default `memory`.
   */
  readonly engines?: 'memory' | 'own';
  /**
   * Who the others on the network take its calls for, as if by a certificate that they had verified: their `Context.peer`. What is
   * left out is empty. Default: nobody.
   */
  readonly identity?: Partial<PeerIdentity>;
  /** Whether {@link TestApp.close} rejects when something was left open. Default `true`. */
  readonly detectLeaks?: boolean;
}

/**
 * An application in a test: the real container, graph and pipelines, on a memory network, with any part replaced.
 *
 *     const app = await TestApp.create(AppModule).override(Payments).useValue(fakePayments).start();
 *     const reply = await app.client(Orders).place({ sku: 'A1' });
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
    readonly network: TestNetwork,
    private readonly changes: Changes,
    private readonly leaks: LeakDetector | undefined,
    private readonly recorded: Recorded,
  ) {
    this.logs = recorded.logs;
    this.events = recorded.events;
  }

  /** Nothing happens before {@link TestAppBuilder.start}. */
  static create(root: RootModule, options: TestAppOptions = {}): TestAppBuilder {
    const { network = new TestNetwork() } = options;
    return new TestAppBuilder(network, (changes) => TestApp.start(root, { ...options, network }, changes));
  }

  private static async start(
    root: RootModule,
    options: TestAppOptions & { readonly network: TestNetwork },
    changes: Changes,
  ): Promise<TestApp> {
    const { network, detectLeaks = true, engines = 'memory', identity, ...rest } = options;
    const recorded: Recorded = { logs: [], events: [], broker: new BrokerLog() };
    const { doubles } = changes;
    const overrides: Provider[] = [
      { provide: Clock, useValue: network.clock },
      ...(engines === 'memory' ? inMemory(network, identity, rest.listen) : []),
      { provide: LogSink, useValue: new RecordingSink(recorded.logs) },
      ...changes.providers,
    ];
    const leaks = detectLeaks ? new LeakDetector() : undefined;
    const run = <T>(work: () => T): T => (leaks ? leaks.run(work) : work());
    try {
      const application = await run(() =>
        Skerry.create(root, {
          ...(engines === 'memory' ? { listen: 'memory://' } : {}),
          drainDelayMs: 0,
          env: {},
          ...rest,
          overrides: new Map(
            overrides.map((provider) => [tokenKey('provide' in provider ? provider.provide : provider), provider]),
          ),
          seams: {
            modules: changes.modules,
            wraps: new Map<unknown, (instance: unknown) => unknown>([
              [tokenKey(BROKER_DRIVER), (driver) => spiedBrokerDriver(driver as BrokerDriver, recorded.broker)],
              [tokenKey(Clients), (clients) => doubles.clients(clients as Clients)],
            ]),
            standIn: (token) => doubles.standIn(token),
          },
          observer: callLogOf(network).observe,
          onEvent: (event) => {
            recorded.events.push(event);
            rest.onEvent?.(event);
          },
        }),
      );
      doubles.checkUse(application);
      const app = new TestApp(application, network, changes, leaks, recorded);
      recorded.broker.codecs = () => application.get(Codecs);
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

  /**
   * A client of any service on the network, this application's own ones included.
   *
   * @param service Its class, which says its name and its type; or its name, with the type as argument.
   */
  client<T>(service: Class<T> | string, options?: ClientOptions): Client<T> {
    return this.application.client<T>(nameOf(service), options);
  }

  /** An instance, from wherever in the application it is provided. */
  get<T>(token: Token<T>): T {
    return this.application.get(token);
  }

  /** The methods of an automatic double: their calls, and what they answer. Throws `SKERRY_TEST_NOT_DOUBLED`. */
  double<T>(token: Token<T>): Doubled<T> {
    return this.changes.doubles.of(token).methods;
  }

  /** The handlers of a doubled client: their calls, and what they answer. Throws `SKERRY_TEST_NOT_DOUBLED`. */
  clientDouble<T>(service: Class<T> | string): DoubledClient<T> {
    return this.changes.doubles.ofClient(nameOf(service)).methods as DoubledClient<T>;
  }

  /** The messages of a topic that the application has published since it started, in order. */
  published<T>(topic: Topic<T> | string): readonly SpiedMessage<T>[] {
    return this.recorded.broker.read('published', topic);
  }

  /** What happens to the messages of a topic from now on, and to wait for it. */
  spy<T>(topic: Topic<T> | string): TopicSpy<T> {
    return new TopicSpy(this.recorded.broker, topic, this.get(Clock));
  }

  /** A new trace on the network: what runs in {@link Trace.run} begins it. */
  trace(): Trace {
    const { network } = this;
    return new Trace(callLogOf(network), network.clock, network.clock.randomHex(16));
  }

  /** {@link eventually}, by the clock of the application. */
  eventually<T>(check: () => T | Promise<T>, options: Omit<EventuallyOptions, 'clock'> = {}): Promise<T> {
    return eventually(check, { clock: this.get(Clock), ...options });
  }

  /** {@link resultOf}, by the clock of the application. */
  result<T>(work: Promise<T>, options: Omit<EventuallyOptions, 'clock'> = {}): Promise<T> {
    return resultOf(work, { clock: this.get(Clock), ...options });
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

interface Recorded {
  readonly logs: LogEntry[];
  readonly events: AppEvent[];
  readonly broker: BrokerLog;
}

function nameOf(service: Class | string): string {
  return typeof service === 'string' ? service : serviceOf(service).name;
}

const emptyIdentity: PeerIdentity = { dnsNames: [], subject: '', fingerprint256: '', validTo: new Date(8.64e15) };

/** The network's engines. An address that others reach, such as `tcp://127.0.0.1:0`, is listened on for real: for curl, a browser, other processes. */
function inMemory(network: TestNetwork, identity: Partial<PeerIdentity> | undefined, listen = 'memory://'): Provider[] {
  const { transport, registry, broker, store } = network.connect(identity && { ...emptyIdentity, ...identity });
  return [
    { provide: REGISTRY_DRIVER, useValue: registry },
    { provide: BROKER_DRIVER, useValue: broker },
    { provide: STORE_DRIVER, useValue: store },
    ...(listen.startsWith('memory:') ? [{ provide: TRANSPORT_DRIVERS, useValue: transport }] : []),
  ];
}
