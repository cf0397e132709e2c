import { EventEmitter } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { types } from 'node:util';
import Consul from 'consul';
import { consulError } from './consul-error.js';
import type { ResolvedConsulOptions } from './consul-options.js';

// Calls are short: a few connections carry many, and none of them waits for a question that Consul holds.
const callConnections = 8;

/** How the client is told to give up: it knows no signal, but an emitter of `cancel`. */
export interface Asking {
  readonly ctx: EventEmitter;
}

/** An answer with the index that the next question waits on; `undefined` when there was none that can be used. */
export interface Answer {
  readonly body: unknown;
  readonly index: bigint | undefined;
}

/** What the client's own methods are made of, for what it has no method for. */
interface RawConsul {
  _get(request: RawRequest): Promise<{ readonly body?: unknown }>;
  _put(request: RawRequest): Promise<{ readonly body?: unknown }>;
}

interface RawRequest extends Asking {
  readonly name: string;
  readonly path: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly type?: 'json';
  readonly body?: unknown;
}

export type ConsulClient = Consul & RawConsul;

/** The HTTP API of one agent, with what all requests have in common. */
export class ConsulHttp {
  private readonly agents: readonly HttpAgent[];
  private readonly calls: ConsulClient;
  private readonly watches: ConsulClient;
  private readonly underWay = new Set<() => void>();
  private closed = false;

  constructor({ url, token, tls, maxWatches }: ResolvedConsulOptions) {
    // Said here as well: the client takes the brackets of an IPv6 address for a part of the name.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const agent = (maxSockets: number): HttpAgent =>
      url.protocol === 'https:'
        ? new HttpsAgent({
            keepAlive: true,
            maxSockets,
            host,
            ca: tls.ca,
            cert: tls.cert,
            key: tls.key,
            rejectUnauthorized: tls.verify ?? true,
            ...(tls.serverName ? { servername: tls.serverName } : {}),
          })
        : new HttpAgent({ keepAlive: true, maxSockets, host });
    const client = (of: HttpAgent): ConsulClient => {
      const baseUrl = `${url.href.replace(/\/+$/, '')}/v1`;
      // Its constructor takes what its types do not know.
      const given = { baseUrl, agent: of, headers: token ? { 'x-consul-token': token } : {} };
      return new Consul(given as object) as ConsulClient;
    };
    this.agents = [agent(callConnections), agent(maxWatches)];
    this.calls = client(this.agents[0]!);
    this.watches = client(this.agents[1]!);
  }

  /**
   * Sends one request. Rejects with a `ConsulError`, an error of the network, `SKERRY_REGISTRY_FORBIDDEN` or the signal's
   * reason.
   *
   * @param what What is done, for messages: `look up orders`.
   */
  call<T>(what: string, signal: AbortSignal, send: (consul: ConsulClient, asking: Asking) => Promise<T>): Promise<T> {
    return this.send(what, signal, new EventEmitter(), (asking) => send(this.calls, asking));
  }

  /** Sends a request that Consul may hold, on a connection of its own. */
  async ask(
    what: string,
    signal: AbortSignal,
    send: (consul: ConsulClient, asking: Asking) => Promise<unknown>,
  ): Promise<Answer> {
    const ctx = Object.assign(new EventEmitter(), { includeResponse: true });
    const [response, body] = (await this.send(what, signal, ctx, (asking) => send(this.watches, asking))) as [
      { readonly headers: Readonly<Record<string, string | undefined>> },
      unknown,
    ];
    const index = response.headers['x-consul-index'] ?? '';
    return { body, index: /^\d{1,20}$/.test(index) && BigInt(index) > 0n ? BigInt(index) : undefined };
  }

  /** Ends what is under way and every connection. */
  close(): void {
    this.closed = true;
    for (const cancel of this.underWay) cancel();
    for (const agent of this.agents) agent.destroy();
  }

  private async send<T>(
    what: string,
    signal: AbortSignal,
    ctx: EventEmitter,
    send: (asking: Asking) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    if (this.closed) throw new Error('the connection to Consul was closed');
    const cancel = (): void => void ctx.emit('cancel');
    signal.addEventListener('abort', cancel, { once: true });
    this.underWay.add(cancel);
    try {
      const answer: unknown = await send({ ctx });
      // The client resolves with an error that is of another realm, such as a test's, than its own.
      if (types.isNativeError(answer)) throw answer;
      return answer as T;
    } catch (error) {
      signal.throwIfAborted();
      throw this.closed ? new Error('the connection to Consul was closed') : consulError(what, error);
    } finally {
      this.underWay.delete(cancel);
      signal.removeEventListener('abort', cancel);
    }
  }
}
