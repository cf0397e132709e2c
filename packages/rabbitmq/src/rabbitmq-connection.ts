import { connect, type Channel, type ChannelModel, type ConfirmChannel } from 'amqplib';
import type { Clock } from '@skerry/core';
import { abortable, atMost } from './abortable.js';
import { batchWrites } from './batched-writes.js';
import { OnDemand } from './on-demand.js';
import { rabbitMqError } from './rabbitmq-error.js';
import type { ResolvedRabbitMqOptions } from './rabbitmq-options.js';

// How long a server may take to say goodbye.
export const closeWithinMs = 1_000;
const closedMessage = 'the connection to RabbitMQ was closed';

/** A connection that is open, until it is not. */
export class OpenConnection {
  /** The server takes no messages, because it is short of memory or disk. */
  blocked = false;
  private ending: Error | undefined;
  private readonly unblocked = new Set<() => void>();

  constructor(
    private readonly model: ChannelModel,
    private readonly socket: AbortController,
    ended: () => void,
  ) {
    // Without a listener it would end the process.
    model.on('error', (error) => (this.ending ??= rabbitMqError(error)));
    model.on('blocked', () => (this.blocked = true));
    model.on('unblocked', () => this.unblock());
    model.on('close', (error) => {
      this.ending ??= error ? rabbitMqError(error) : new Error(closedMessage);
      ended();
      this.unblock();
      // What is left of it: the server may never close its end.
      this.socket.abort();
    });
  }

  /** What it was lost by; `undefined` while it is open. */
  get lostBy(): Error | undefined {
    return this.ending;
  }

  /** Resolves when the server takes messages again, or the connection is lost. */
  taking(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        this.unblocked.delete(free);
        signal.removeEventListener('abort', aborted);
        settle();
      };
      const free = (): void => done(resolve);
      const aborted = (): void => done(() => reject(signal.reason as Error));
      if (signal.aborted) return aborted();
      if (!this.blocked) return resolve();
      this.unblocked.add(free);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }

  /** A channel, which is closed again when the signal has been aborted meanwhile. */
  channel(signal: AbortSignal): Promise<Channel> {
    return this.opened(this.model.createChannel(), signal);
  }

  confirmChannel(signal: AbortSignal): Promise<ConfirmChannel> {
    return this.opened(this.model.createConfirmChannel(), signal);
  }

  /** Ends it at once, with all that was on its way. */
  kill(reason: Error): void {
    this.ending ??= reason;
    this.socket.abort();
  }

  /** Resolves when the server has said goodbye, or after a second without it. */
  async close(clock: Clock): Promise<void> {
    await atMost(clock, closeWithinMs, this.model.close());
    this.kill(new Error(closedMessage));
  }

  private opened<T extends Channel>(opening: Promise<T>, signal: AbortSignal): Promise<T> {
    const channel = opening.then((opened) => {
      // Told by what fails, and by the end of the channel.
      opened.on('error', () => undefined);
      if (signal.aborted) leave(opened);
      return opened;
    });
    return abortable(channel, signal);
  }

  private unblock(): void {
    this.blocked = false;
    for (const free of [...this.unblocked]) free();
  }
}

/** One connection to the server: made when it is needed, and again when it was lost. */
export class RabbitMqConnection {
  private readonly lifetime = new AbortController();
  private readonly connection: OnDemand<OpenConnection>;

  /** @param purpose Shown by the server's tools. */
  constructor(
    options: ResolvedRabbitMqOptions,
    private readonly clock: Clock,
    purpose: string,
  ) {
    this.connection = new OnDemand((ended) => this.open(options, purpose, ended));
  }

  get now(): OpenConnection | undefined {
    return this.connection.now;
  }

  /** Rejects with what the attempt to connect failed with, or with the signal's reason. */
  async get(signal: AbortSignal): Promise<OpenConnection> {
    signal.throwIfAborted();
    this.lifetime.signal.throwIfAborted();
    return this.connection.get(signal);
  }

  async close(): Promise<void> {
    if (this.lifetime.signal.aborted) return;
    const open = this.connection.now;
    this.lifetime.abort(new Error(closedMessage));
    await open?.close(this.clock);
  }

  private async open(
    { address, tls, heartbeatMs, connectTimeoutMs }: ResolvedRabbitMqOptions,
    purpose: string,
    ended: () => void,
  ): Promise<OpenConnection> {
    const socket = new AbortController();
    const closed = this.lifetime.signal;
    const giveUp = (): void => socket.abort();
    closed.addEventListener('abort', giveUp, { once: true });
    try {
      const model = await connect(
        { ...address, heartbeat: heartbeatMs / 1_000 },
        {
          ...(address.protocol === 'amqps' ? tlsOf(tls) : {}),
          noDelay: true,
          timeout: connectTimeoutMs,
          clientProperties: { connection_name: `skerry ${purpose}` },
          // Not among its types, and handed on to the socket: what ends it whatever the server does.
          ...({ signal: socket.signal } as object),
        },
      );
      batchWrites(model);
      const open = new OpenConnection(model, socket, ended);
      if (closed.aborted) open.kill(closed.reason as Error);
      return open;
    } catch (error) {
      // A socket whose peer accepts and stays silent is left to us.
      socket.abort();
      closed.throwIfAborted();
      throw rabbitMqError(error);
    } finally {
      closed.removeEventListener('abort', giveUp);
    }
  }
}

/** Closes a channel that nobody waits for, and that may be closed or lost already. */
export function leave(channel: Channel): void {
  void channel.close().catch(() => undefined);
}

function tlsOf({ ca, cert, key, serverName, verify = true }: ResolvedRabbitMqOptions['tls']): object {
  return { ca, cert, key, rejectUnauthorized: verify, ...(serverName ? { servername: serverName } : {}) };
}
