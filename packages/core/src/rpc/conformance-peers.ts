import { ManualClock } from '../clock/manual-clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { TransportHarness } from '../transport/conformance.js';
import type { Link, TransportLimits } from '../transport/driver.js';
import { RpcConnection } from './connection.js';
import type { RpcLimits } from './protocol.js';
import type { OpenHead, Resolution, RpcStream, StreamEvents } from './stream.js';

/** One side of a call that writes down what happens to it, and lets a test wait for that. */
export class Recorder implements StreamEvents {
  stream!: RpcStream;
  readonly messages: string[] = [];
  /** `message`, `end`, `cancel deadline`, `lost CODE not started` ... without `writable`. */
  readonly log: string[] = [];
  writables = 0;
  failure: unknown;
  onMessage?: (payload: Buffer) => void;
  onWritable?: () => void;
  private readonly waiting = new Set<{ met: () => boolean; resolve: () => void }>();

  message(payload: Buffer, last: boolean): void {
    this.messages.push(payload.toString());
    this.happened(last ? 'last message' : 'message');
    this.onMessage?.(payload);
  }

  end(): void {
    this.happened('end');
  }

  error(wire: unknown, started: boolean): void {
    this.failure = wire;
    this.happened(`error ${(wire as { code?: string } | undefined)?.code}${started ? '' : ' not started'}`);
  }

  cancel(reason: string): void {
    this.happened(`cancel ${reason}`);
  }

  writable(): void {
    this.writables++;
    this.onWritable?.();
    this.tell();
  }

  lost(error: SkerryError, started: boolean): void {
    this.failure = error;
    this.happened(`lost ${error.code}${started ? '' : ' not started'}`);
  }

  get over(): boolean {
    return this.log.some((what) => !what.endsWith('message'));
  }

  /** Resolves once `met`, which is asked again whenever something happens. */
  until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.add({ met, resolve }));
  }

  /** Waits for the end, and returns how it ended. */
  async outcome(): Promise<string> {
    await this.until(() => this.over);
    return this.log.at(-1)!;
  }

  /** Sends messages for as long as the stream takes them, at most `count`; the number that were sent grows. */
  produce(count: number, message: (i: number) => string | Buffer): { sent: number } {
    const progress = { sent: 0 };
    this.onWritable = () => {
      while (progress.sent < count && this.stream.writable) {
        this.stream.send(Buffer.from(message(progress.sent++) as string), progress.sent === count);
      }
    };
    this.onWritable();
    return progress;
  }

  private happened(what: string): void {
    this.log.push(what);
    this.tell();
  }

  private tell(): void {
    for (const each of this.waiting) {
      if (!each.met()) continue;
      this.waiting.delete(each);
      each.resolve();
    }
  }
}

/** A call as a server sees it. A first message is in `messages` like any other. */
export class ServedCall extends Recorder {
  constructor(
    override readonly stream: RpcStream,
    readonly head: OpenHead,
    readonly ended: boolean,
  ) {
    super();
  }
}

export type Handler = (call: ServedCall, payload: Buffer | undefined) => void;

export interface Peers {
  readonly client: RpcConnection;
  readonly server: RpcConnection<Handler>;
  readonly clientLink: Link;
  readonly serverLink: Link;
  readonly clock: ManualClock;
  /** Calls as the server took them, in order. */
  readonly served: ServedCall[];
  /** Names that the server was asked for. */
  readonly resolved: string[];
  call(name: string, payload?: string | Buffer, options?: Partial<OpenHead> & { end?: boolean }): Recorder;
  /** Resolves when everything that was sent before, both ways, has arrived. */
  settle(): Promise<void>;
}

export interface PeersOptions {
  readonly clientLimits?: Partial<RpcLimits>;
  readonly serverLimits?: Partial<RpcLimits>;
  readonly serverTransport?: Partial<TransportLimits>;
  readonly handlers?: Record<string, Handler>;
}

/** What every server here can do, besides its own handlers. */
const handlers: Record<string, Handler> = {
  'test.echo': (call, payload) => call.stream.send(payload, true),
  'test.silent': () => undefined,
};

export const never = (): AbortSignal => new AbortController().signal;

/** Connects a client to a server for the time of `body`, and breaks the link if that has not. */
export async function withPeers(
  harness: TransportHarness,
  options: PeersOptions,
  body: (peers: Peers) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock();
  const served: ServedCall[] = [];
  const resolved: string[] = [];
  const all: Record<string, Handler> = { ...handlers, ...options.handlers };
  const resolve = (name: string): Resolution<Handler> => {
    resolved.push(name);
    const endpoint = all[name];
    return endpoint ? { endpoint } : { error: unknownEndpoint(name) };
  };
  let take!: (link: Link) => void;
  const taken = new Promise<{ link: Link; connection: RpcConnection<Handler> }>((done) => {
    take = (link) => {
      const connection = new RpcConnection<Handler>(link, {
        ...{ role: 'server', clock, limits: options.serverLimits },
        hello: { service: 'test', node: 'test-1', codec: 'json' },
        acceptor: {
          resolve,
          accept: (stream, handler, head, payload, ended) => {
            const call = new ServedCall(stream, head, ended);
            if (payload) call.messages.push(payload.toString());
            served.push(call);
            handler(call, payload);
            return call;
          },
        },
      });
      done({ link, connection });
    };
  });
  const listener = await harness.open(clock, options.serverTransport).listen(harness.anyAddress, take, () => undefined);
  const clientLink = await harness.open(clock).connect(listener.address, never());
  const client: RpcConnection = new RpcConnection(clientLink, {
    ...{ role: 'client', clock, limits: options.clientLimits },
    hello: { codec: 'json' },
  });
  const { link: serverLink, connection: server } = await taken;
  await listener.close();
  await Promise.all([client.ready(), server.ready()]);
  const call: Peers['call'] = (name, payload, { end = true, ...head } = {}) => {
    const recorder = new Recorder();
    const bytes = payload === undefined ? undefined : Buffer.from(payload as string);
    recorder.stream = client.open(name, { timeoutMs: 1_000, ...head }, bytes, end, recorder);
    return recorder;
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await client.ping(never());
  };
  try {
    await body({ client, server, clientLink, serverLink, clock, served, resolved, call, settle });
  } finally {
    client.destroy();
    server.destroy();
    await Promise.all([gone(client), gone(server)]);
  }
}

export function gone(connection: Pick<RpcConnection, 'onClose'>): Promise<SkerryError | undefined> {
  return new Promise((resolve) => connection.onClose(resolve));
}

function unknownEndpoint(name: string) {
  const message = `nothing here is called ${name}`;
  const details = { nearest: ['test.echo'] };
  return { code: 'SKERRY_RPC_UNKNOWN_ENDPOINT', status: 'UNIMPLEMENTED', message, retryable: false, details } as const;
}
