import {
  SkerryError,
  type Clock,
  type MemoryBrokerEngine,
  type MemoryRegistryEngine,
  type MemoryStoreEngine,
  type RootModule,
} from '@skerry/core';
import { TestNetwork } from '../test-network.js';
import { Chance, type Range } from './chance.js';
import { Chaos, type ChaosOptions } from './chaos.js';
import { Conditions, means, type Between } from './conditions.js';
import { MeshHistory } from './mesh-history.js';
import { MeshNet, type Rates } from './mesh-net.js';
import { MeshNode, type MeshNodeGround, type MeshNodeOptions } from './mesh-node.js';
import { MeshPorts } from './mesh-transport.js';
import { MeshTime } from './mesh-time.js';
import { NodeClock } from './node-clock.js';

/** What goes wrong on its own, everywhere, all the time. */
export interface MeshFaults extends Partial<Rates> {
  /** How long anything takes from one node to another, in ms, from and to. Default 0.2 to 2. */
  readonly latencyMs?: Range;
  /** The share of what is sent that is lost and, as by TCP, sent again: it comes late, and all that follows it. Default 0. */
  readonly loss?: number;
}

export interface TestMeshOptions {
  /** All chance of the mesh comes from it. Default 1. */
  readonly seed?: number;
  /** Default: a good network. `chaos` makes it a bad one, and begins {@link TestMesh.chaos}. */
  readonly faults?: MeshFaults | 'chaos';
}

export interface StartOptions extends MeshNodeOptions {
  /** How many nodes of it. Default 1. */
  readonly instances?: number;
}

const bad: MeshFaults = {
  ...{ latencyMs: [0.2, 20], loss: 0.01, resets: 0.0005 },
  ...{ duplicates: 0.02, reorder: 0.02, lostReports: 0.02 },
};
const patienceMs = 60_000;

/**
 * Many applications in one process, each as if on a machine of its own, on a network and in a time that the test owns: an hour passes in
 * seconds, things go wrong on purpose, and the same seed does the same again, to the byte.
 *
 *     const mesh = await TestMesh.create({ seed: 7 });
 *     const stock = await mesh.start('stock', StockModule, { instances: 3 });
 *     const [shop] = await mesh.start('shop', ShopModule);
 *     stock[0].crash();
 *     await mesh.result(shop.client<Shop>('shop').quote('A1'));
 *     await mesh.run(60_000);
 *     await mesh.close();
 *
 * That holds for what waits for nothing but the clock it was given, promises, and what Skerry's own blocks carry. Files, sockets and
 * `setTimeout` take their real time, and make it differ.
 */
export class TestMesh {
  readonly history: MeshHistory;
  readonly seed: number;
  private readonly time = new MeshTime();
  private readonly chance: Chance;
  private readonly net: MeshNet;
  private readonly ports: MeshPorts;
  private readonly servers: TestNetwork;
  private readonly byName = new Map<string, MeshNode>();
  private readonly invariants: { readonly name: string; readonly holds: () => boolean | void }[] = [];
  private readonly begunAt: number;
  private isDriven = false;
  private disorder: Chaos | undefined;
  private failure: { readonly error: unknown } | undefined;

  private constructor({ seed = 1, faults = {} }: TestMeshOptions) {
    this.seed = seed;
    const { latencyMs = [0.2, 2], loss = 0, ...rates } = faults === 'chaos' ? bad : faults;
    const chance = (this.chance = new Chance(seed, 'mesh'));
    const clock = new NodeClock('mesh', this.time, chance.fork('servers'));
    this.history = new MeshHistory(() => this.time.now);
    const conditions = new Conditions(chance.fork('conditions'), latencyMs, loss);
    this.net = new MeshNet(this.time, clock, chance.fork('net'), conditions, this.history, {
      ...{ resets: 0, duplicates: 0, reorder: 0, lostReports: 0 },
      ...rates,
    });
    this.ports = new MeshPorts(this.net);
    this.servers = new TestNetwork(clock);
    this.begunAt = this.time.now;
    if (faults === 'chaos') this.chaos();
  }

  /** An empty mesh. */
  static async create(options: TestMeshOptions = {}): Promise<TestMesh> {
    return new TestMesh(options);
  }

  /** The time of the mesh, for what belongs to no node. */
  get clock(): Clock {
    return this.net.clock;
  }

  /** How long the mesh has run, in ms of its own time. */
  get nowMs(): number {
    return this.time.now - this.begunAt;
  }

  /** The registry's server: it can be stopped, frozen and wiped. */
  get registry(): MemoryRegistryEngine {
    return this.servers.registry;
  }

  /** The broker's server: it can be stopped and frozen. */
  get broker(): MemoryBrokerEngine {
    return this.servers.broker;
  }

  /** The store's server: it can be stopped and frozen. */
  get store(): MemoryStoreEngine {
    return this.servers.store;
  }

  /** All nodes, in the order of their first start, those included that are down. */
  get nodes(): readonly MeshNode[] {
    return [...this.byName.values()];
  }

  /** Throws where there is none of this name. */
  node(name: string): MeshNode {
    const node = this.byName.get(name);
    if (!node) throw invalid(`no node is called ${name}; there are ${[...this.byName.keys()].join(', ') || 'none'}`);
    return node;
  }

  /**
   * Starts an application on `instances` nodes, side by side: `name-1`, `name-2`, ... Resolves when all run; that takes the time it
   * takes. Called again with the same name it adds to them.
   */
  async start(name: string, root: RootModule, options: StartOptions = {}): Promise<MeshNode[]> {
    const { instances = 1, ...rest } = options;
    if (!/^[a-z][a-z0-9-]*$/.test(name) || ['registry', 'broker', 'store', 'mesh'].includes(name))
      throw invalid(`a node cannot be called ${name}: use lower-case letters, digits and dashes, and no server's name`);
    const before = this.nodes.filter((node) => means(name, node.name)).length;
    const nodes = Array.from({ length: instances }, (_, at) => {
      const node = new MeshNode(`${name}-${before + at + 1}`, { root, options: rest }, this.ground());
      this.byName.set(node.name, node);
      return node;
    });
    await this.result(Promise.all(nodes.map((node) => node.boot())), { what: `the start of ${name}` });
    return nodes;
  }

  // Time.

  /** Lets `ms` pass, as fast as the machine can. */
  async run(ms: number): Promise<void> {
    const until = this.time.now + ms;
    await this.driving(async () => {
      while (this.time.nextAt <= until) await this.step();
      this.time.skipTo(until);
    });
  }

  /** Lets time pass until `condition` holds; rejects with `SKERRY_TEST_TIMEOUT` where it does not within `withinMs`, 60 s by default. */
  async until(
    condition: () => boolean,
    { withinMs = patienceMs, what = 'what is waited for' }: { readonly withinMs?: number; readonly what?: string } = {},
  ): Promise<void> {
    const until = this.time.now + withinMs;
    await this.driving(async () => {
      while (!condition()) {
        if (this.time.nextAt > until) {
          this.time.skipTo(until);
          throw new SkerryError('SKERRY_TEST_TIMEOUT', `${what} did not come within ${withinMs} ms`);
        }
        await this.step();
      }
    });
  }

  /** Lets time pass until the promise is settled, and gives what it gives. Rejects as {@link until} does. */
  async result<T>(
    promise: Promise<T>,
    options: { readonly withinMs?: number; readonly what?: string } = {},
  ): Promise<T> {
    let settled = false;
    const over = (): void => void (settled = true);
    promise.then(over, over);
    await this.until(() => settled, { what: 'the result', ...options });
    return promise;
  }

  /** Does `work` every `ms` from now on. What it throws or rejects with fails the mesh. Returns what ends it. */
  every(ms: number, work: () => unknown): () => void {
    let timer = this.clock.setTimer(ms, () => again());
    const again = (): void => {
      timer = this.clock.setTimer(ms, again);
      void (async () => work())().catch((error: unknown) => this.fail(error));
    };
    return () => timer.cancel();
  }

  // What must hold.

  /** What must hold after each step, from now on: it fails by `false` and by throwing, and what runs then rejects. A promise would never fail. */
  always(name: string, holds: () => boolean | void): void {
    this.invariants.push({ name, holds });
  }

  /** Puts a line into the history, and so into its digest. */
  note(what: string): void {
    this.history.add('mesh', what);
  }

  // What goes wrong.

  /** How long what is sent takes from now on; of several that fit, the last one counts. Each way by itself. */
  latency(rule: Between & { readonly ms: Range }): void {
    this.net.conditions.latency(rule);
  }

  /** How much is lost and sent again, as {@link MeshFaults.loss}; of several that fit, the last one counts. */
  loss(rule: Between & { readonly share: number }): void {
    this.net.conditions.loss(rule);
  }

  /** Changes how often things go wrong by themselves. */
  rates(rates: Partial<Rates>): void {
    this.net.rates = { ...this.net.rates, ...rates };
  }

  /** What is sent from and to it takes `factor` times as long; 1 ends that. */
  slow(name: string, factor: number): void {
    this.note(factor === 1 ? `${name} is as fast as it was` : `${name} is slower by ${factor.toFixed(1)}`);
    this.net.conditions.slow(name, factor);
  }

  /**
   * Nothing gets through between these: connections stay, and are silent; what was sent arrives once that is over, unless somebody gave
   * up. Returns what mends it.
   *
   * @param others Default: everyone else, the servers included.
   * @param oneWay Only from `ones` to `others`.
   */
  partition(
    ones: readonly string[],
    others?: readonly string[],
    { oneWay = false }: { readonly oneWay?: boolean } = {},
  ): () => void {
    this.note(`cut: ${ones.join(' ')} ${oneWay ? '->' : '|'} ${others?.join(' ') ?? 'everyone else'}`);
    const mend = this.net.conditions.cut(ones, others, oneWay);
    return () => {
      this.note(`mended: ${ones.join(' ')} ${oneWay ? '->' : '|'} ${others?.join(' ') ?? 'everyone else'}`);
      mend();
    };
  }

  /** Ends all partitions. */
  heal(): void {
    this.note('all is mended');
    this.net.conditions.heal();
  }

  /** Breaks the connections between nodes, for both sides. Default: all. */
  reset(one?: string, other?: string): void {
    this.note(`the connections of ${one ?? 'everyone'} and ${other ?? 'everyone'} break`);
    const fits =
      (name: string | undefined) =>
      (node: string): boolean =>
        name === undefined || means(name, node);
    this.ports.reset(fits(one), fits(other));
  }

  /** Lets faults come and go by chance, from now on, until {@link calm}; instead of those that did so far. */
  chaos(options: ChaosOptions = {}): void {
    this.disorder?.stop();
    this.disorder = new Chaos(this, this.chance.fork('chaos'), options, (error) => this.fail(error));
  }

  /** Ends {@link chaos}, mends everything, starts what is down, and waits until it runs; the network itself stays as it is. */
  async calm(): Promise<void> {
    this.disorder?.end();
    this.disorder = undefined;
    this.note('calm');
    this.heal();
    this.registry.resume();
    this.broker.resume();
    this.store.resume();
    for (const node of this.nodes) {
      node.thaw();
      this.net.conditions.slow(node.name, 1);
    }
    await this.until(() => this.nodes.every(({ state }) => state === 'running' || state === 'down'));
    const down = this.nodes.filter(({ state }) => state === 'down');
    await this.result(Promise.all(down.map((node) => node.boot())), { what: 'the start of what was down' });
  }

  /** Stops every node that runs, in order, then ends what is left. Never fails. Harmless twice. */
  async close(): Promise<void> {
    this.disorder?.end();
    this.invariants.length = 0;
    this.failure = undefined;
    this.net.conditions.heal();
    for (const engine of [this.registry, this.broker, this.store]) engine.resume();
    for (const node of this.nodes) node.thaw();
    // Whatever a test that failed has left to drive it.
    this.isDriven = false;
    const running = this.nodes.filter(({ state }) => state === 'running');
    const leaving = Promise.allSettled(running.map((node) => node.leave()));
    await this.result(leaving).catch(() => undefined);
    for (const node of this.nodes) node.crash();
  }

  private ground(): MeshNodeGround {
    const { net, ports, chance, servers } = this;
    return { net, ports, chance, servers, drive: (promise, what) => this.result(promise, { what }) };
  }

  /** Two that let time pass beside each other would each see what the other did, in an order that is nobody's. */
  private async driving(pass: () => Promise<void>): Promise<void> {
    if (this.isDriven) {
      const fix = 'await what lets it pass (run, until, result, start, stop) before the next';
      throw new SkerryError('SKERRY_OPTION_INVALID', `the time of the mesh passes already: ${fix}`);
    }
    this.isDriven = true;
    try {
      await this.settle();
      await pass();
    } finally {
      this.isDriven = false;
    }
  }

  private async step(): Promise<void> {
    await this.time.step();
    this.check();
  }

  private async settle(): Promise<void> {
    await this.time.settle();
    this.check();
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
  }

  private check(): void {
    for (const { name, holds } of this.invariants) {
      try {
        if (holds() !== false) continue;
        this.fail(new SkerryError('SKERRY_TEST_INVARIANT', `it does not hold any more: ${name}`));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        this.fail(new SkerryError('SKERRY_TEST_INVARIANT', `it does not hold any more: ${name}: ${why}`, { cause }));
      }
    }
    if (this.failure) throw this.failure.error;
  }
}

function invalid(why: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', why);
}
