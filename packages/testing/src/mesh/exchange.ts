import { setMaxListeners } from 'node:events';
import type { Host, MeshNet } from './mesh-net.js';
import type { OrderedWay } from './ordered-way.js';

/** Requests of one process to a server that all share: `registry`, `broker`, `store`. */
export class Exchange {
  /** @param ways To the server and back, where requests keep their order; otherwise each has a connection of its own. */
  constructor(
    readonly net: MeshNet,
    readonly host: Host,
    readonly server: string,
    private readonly ways?: { readonly there: OrderedWay; readonly back: OrderedWay },
  ) {}

  /**
   * Rejects as soon as `signal` aborts. What is on its way by then arrives all the same, and is done: whoever gives up does not know
   * whether it was.
   *
   * @param work   What the server does.
   * @param broken Called when the connection of the request breaks, which may be before or after it was done.
   */
  request<T>(
    work: () => Promise<T>,
    signal: AbortSignal,
    broken: (error: Error) => void = () => undefined,
  ): Promise<T> {
    const { net, host } = this;
    return new Promise<T>((resolve, reject) => {
      signal.throwIfAborted();
      // What a process does in the turn in which it ends has no effect.
      if (host.state === 'crashed' || host.state === 'silent') return;
      const aborted = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', aborted, { once: true });
      const settle = (how: () => void): void => {
        signal.removeEventListener('abort', aborted);
        how();
      };
      const breaks = net.chance.happens(net.rates.resets);
      const loses = breaks && net.chance.happens(0.5) ? 'request' : 'reply';
      const fail = (): void => {
        net.history.add('mesh', `the connection of ${host.name} and the ${this.server} breaks, with a ${loses}`);
        const error = new Error(`the connection to the ${this.server} broke`);
        broken(error);
        this.answer(() => settle(() => reject(error)));
      };
      this.send(() => {
        if (breaks && loses === 'request') return fail();
        const answer = (how: () => void): void => {
          if (breaks) fail();
          else this.answer(() => settle(how));
        };
        work().then(
          (result) => answer(() => resolve(result)),
          (error: unknown) => answer(() => reject(error as Error)),
        );
      });
    });
  }

  /** From the server to the process. */
  answer(arrived: () => void): void {
    const { net, host, server } = this;
    if (this.ways) this.ways.back.send(() => net.enter(host, arrived));
    else net.reach(server, host, arrived);
  }

  private send(arrived: () => void): void {
    if (this.ways) this.ways.there.send(arrived);
    else this.net.carry(this.host.name, this.server, arrived);
  }
}

/** Never aborted: a server does not know that somebody has given up. */
export const never: AbortSignal = new AbortController().signal;
setMaxListeners(0, never);
