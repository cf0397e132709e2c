import type { ApplicationOptions, Client, ClientOptions, RootModule, Token } from '@skerry/core';
import type { TestAppBuilder } from '../test-app-builder.js';
import { TestApp } from '../test-app.js';
import { TestNetwork } from '../test-network.js';
import type { Chance } from './chance.js';
import { describeEvent } from './describe-event.js';
import { MeshBrokerDriver } from './mesh-broker.js';
import type { Host, MeshNet } from './mesh-net.js';
import { MeshRegistryDriver } from './mesh-registry.js';
import { MeshStoreDriver } from './mesh-store.js';
import { MeshTransport, type MeshPorts } from './mesh-transport.js';
import { NodeClock } from './node-clock.js';

export interface MeshNodeOptions extends Omit<ApplicationOptions, 'overrides' | 'listen' | 'env'> {
  /** Replaces parts of the application, as with {@link TestApp}: `(app) => app.override(Payments).useValue(fake)`. */
  readonly override?: (app: TestAppBuilder) => TestAppBuilder;
}

/** What a node is started with, again each time. */
export interface MeshNodePlan {
  readonly root: RootModule;
  readonly options: MeshNodeOptions;
}

/** What a node needs of its mesh. */
export interface MeshNodeGround {
  readonly net: MeshNet;
  readonly ports: MeshPorts;
  readonly chance: Chance;
  readonly servers: Pick<TestNetwork, 'registry' | 'broker' | 'store'>;
  /** Lets time pass until the promise is settled. */
  drive<T>(promise: Promise<T>, what: string): Promise<T>;
}

export type MeshNodeState = 'down' | 'starting' | 'running' | 'stopping';

/** One node of a mesh: an application in a process and on a machine of its own, as far as it can tell. */
export class MeshNode {
  state: MeshNodeState = 'down';
  private host: Host | undefined;
  private running: TestApp | undefined;
  private starts = 0;

  constructor(
    /** `stock-1`; also its address, `memory://stock-1`. */
    readonly name: string,
    private readonly plan: MeshNodePlan,
    private readonly ground: MeshNodeGround,
  ) {}

  /** Throws while the node is down. */
  get app(): TestApp {
    if (!this.running) throw new Error(`${this.name} is ${this.state}: it has no application at present`);
    return this.running;
  }

  /** A client of any service, as this node has it. */
  client<T>(service: string, options?: ClientOptions): Client<T> {
    return this.app.client<T>(service, options);
  }

  /** An instance of this node's application. */
  get<T>(token: Token<T>): T {
    return this.app.get(token);
  }

  /** Timers that this node has set and that have not run. After an orderly stop there should be none. */
  get pendingTimers(): number {
    return this.host?.clock.pendingTimers ?? 0;
  }

  get frozen(): boolean {
    return this.host?.frozen ?? false;
  }

  /** Starts the application, or starts it again: as a new process, on the same machine. */
  async start(): Promise<void> {
    await this.ground.drive(this.boot(), `the start of ${this.name}`);
  }

  /** Stops it in order, as SIGTERM would. */
  async stop(): Promise<void> {
    await this.ground.drive(this.leave(), `the stop of ${this.name}`);
  }

  /**
   * Ends it at once, in the middle of whatever it does. Its machine tells its peers (their connections are reset), unless that is gone
   * too. What it does by itself in the very turn has no effect on others.
   *
   * @param silently Its machine is gone: nothing is told, and what is sent there gets no answer, until it is started again.
   */
  crash({ silently = false }: { readonly silently?: boolean } = {}): void {
    if (!this.host || this.host.state !== 'up') return;
    this.ground.net.history.add(this.name, silently ? 'is gone, and its machine with it' : 'crashes');
    this.end(silently ? 'silent' : 'crashed');
  }

  /** As SIGSTOP: it does nothing, and what is sent to it waits. */
  freeze(): void {
    const { host } = this;
    if (!host || host.state !== 'up' || host.frozen) return;
    this.ground.net.history.add(this.name, 'stands still');
    host.frozen = true;
    host.clock.freeze();
    this.ground.net.conditions.changed();
  }

  /** Ends {@link freeze}: what came due and what was sent meanwhile comes at once. */
  thaw(): void {
    const { host } = this;
    if (!host?.frozen) return;
    this.ground.net.history.add(this.name, 'goes on');
    host.frozen = false;
    host.clock.thaw();
    this.ground.net.conditions.changed();
  }

  /** Sets its wall clock wrong by so many ms. Its durations are right, as those of a monotonic clock are. */
  skew(ms: number): void {
    if (this.host) this.host.clock.skewMs = ms;
  }

  /** {@link start}, without time passing meanwhile: for what a timer begins. */
  async boot(): Promise<void> {
    if (this.state !== 'down') throw new Error(`cannot start ${this.name}: it is ${this.state}`);
    const { net, ports, chance, servers } = this.ground;
    const { root, options } = this.plan;
    const { override, onEvent, ...rest } = options;
    const { name } = this;
    const former = this.host;
    const clock = new NodeClock(name, net.time, chance.fork(`${name} ${++this.starts}`));
    const host: Host = { name, clock, state: 'up', frozen: false, ended: new Set() };
    this.host = host;
    this.state = 'starting';
    net.hosts.set(name, host);
    net.conditions.changed();
    if (former) ports.forget(former);
    const network = new NodeNetwork(clock, {
      transport: new MeshTransport(net, ports, host),
      registry: new MeshRegistryDriver(net, host, servers.registry),
      broker: new MeshBrokerDriver(net, host, servers.broker),
      store: new MeshStoreDriver(net, host, servers.store),
    });
    const builder = TestApp.create(root, {
      drainDelayMs: 200,
      ...rest,
      ...{ network, detectLeaks: false },
      onEvent: (event) => {
        if (host.state === 'crashed' || host.state === 'silent') return;
        const text = describeEvent(event);
        if (text !== undefined) net.history.add(name, text);
        onEvent?.(event);
      },
    });
    try {
      const app = await (override ? override(builder) : builder).start();
      // It may have crashed meanwhile.
      if (this.host !== host || host.state !== 'up') return;
      this.running = app;
      this.state = 'running';
    } catch (error) {
      if (this.host === host) this.end('stopped');
      throw error;
    }
  }

  /** {@link stop}, without time passing meanwhile. */
  async leave(): Promise<void> {
    const { host, running } = this;
    if (this.state !== 'running' || !host || !running) return;
    this.state = 'stopping';
    await running.close();
    if (this.host === host && host.state === 'up') this.end('stopped');
  }

  private end(state: Host['state']): void {
    const host = this.host!;
    this.state = 'down';
    this.running = undefined;
    host.state = state;
    if (state !== 'stopped') host.clock.kill();
    for (const ended of host.ended) ended();
    this.ground.net.conditions.changed();
  }
}

/** The network of one node: the mesh as its process has it. */
class NodeNetwork extends TestNetwork {
  constructor(
    clock: NodeClock,
    private readonly drivers: ReturnType<TestNetwork['connect']>,
  ) {
    super(clock);
  }

  override connect(): ReturnType<TestNetwork['connect']> {
    return this.drivers;
  }
}
