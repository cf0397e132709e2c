import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workDirectory } from '../processes.js';
import { Child } from './child.js';
import type { Load } from './contender.js';
import type { Answers, Order } from './orders.js';

const worker = fileURLToPath(new URL('./worker.js', import.meta.url));

export interface Run {
  readonly perSecond: number;
  /** Of client and server together, for 100,000 calls or items. */
  readonly cpuSecondsPer100k: number;
  /** Of the server alone. */
  readonly serverCpuSecondsPer100k: number;
  /** Of one call, in microseconds; only with one in flight. */
  readonly medianUs?: number;
}

export interface ResidentMb {
  readonly client: number;
  /** Absent without a server. */
  readonly server?: number;
}

/** The client and the server of one contender, each in a process of its own. */
export class Pair {
  private server?: Child;
  private client?: Child;

  /**
   * @param section Whose contender it is.
   * @param serves  Whether the client needs a server.
   */
  constructor(
    private readonly section: string,
    readonly name: string,
    private readonly serves = true,
  ) {}

  /** Starts both sides and has the client check once that it gets right answers. */
  async start(): Promise<void> {
    const { section, name } = this;
    // Each contender has a registry of its own, so that two of them do not serve each other's calls.
    const registry = join(workDirectory(), `${section}-${name}`.replace(/\W+/g, '-'));
    const env = { SKERRY_LOCAL_REGISTRY_DIR: registry };
    let where = '';
    if (this.serves) {
      const { child, said } = await Child.start('the server', worker, [section, name, 'server'], { env });
      this.server = child;
      where = said as string;
    }
    const { child } = await Child.start('the client', worker, [section, name, 'client', where], { env });
    this.client = child;
    await this.ask(child, { do: 'check' });
  }

  /** CPU time is counted from just before to just after, and of nothing else. */
  async run(load: Load, inFlight: number, forMs: number): Promise<Run> {
    const before = await this.serverCpuSeconds();
    const { count, tookMs, cpuSeconds, medianMs } = await this.ask(this.client!, { do: 'run', load, inFlight, forMs });
    const serverSpent = (await this.serverCpuSeconds()) - before;
    return {
      perSecond: (count / tookMs) * 1_000,
      cpuSecondsPer100k: ((cpuSeconds + serverSpent) / count) * 100_000,
      serverCpuSecondsPer100k: (serverSpent / count) * 100_000,
      ...(medianMs === undefined ? {} : { medianUs: medianMs * 1_000 }),
    };
  }

  async residentMb(): Promise<ResidentMb> {
    const of = async (child: Child): Promise<number> =>
      (await this.ask(child, { do: 'usage' })).residentBytes / 2 ** 20;
    return { client: await of(this.client!), ...(this.server ? { server: await of(this.server) } : {}) };
  }

  async end(): Promise<void> {
    await Promise.all([this.client?.end(), this.server?.end()]);
  }

  private async serverCpuSeconds(): Promise<number> {
    return this.server ? (await this.ask(this.server, { do: 'usage' })).cpuSeconds : 0;
  }

  private ask<D extends Order['do']>(child: Child, order: Order & { readonly do: D }): Promise<Answers[D]> {
    // A stream or two of a slow contender may outlast the round.
    const timeoutMs = 30_000 + ('forMs' in order ? order.forMs : 0);
    return child.ask(order, timeoutMs) as Promise<Answers[D]>;
  }
}
