import type { ConfirmChannel, Options } from 'amqplib';
import { OnDemand } from '../on-demand.js';
import type { OpenConnection, RabbitMqConnection } from '../rabbitmq-connection.js';
import { PublishBatch } from './publish-batch.js';
import { PublishWindow } from './publish-window.js';

/** One message for an exchange. */
export interface Outgoing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  /** With a `messageId`, and `mandatory`. */
  readonly options: Options.Publish;
}

interface Line {
  readonly connection: OpenConnection;
  readonly channel: ConfirmChannel;
  /** How often a message was returned, because no queue takes it; it is confirmed all the same, afterwards. */
  readonly returned: Map<string, number>;
  /** What the server closed the channel for. */
  failure?: Error;
}

// What a message takes beside its body: frames, headers, what is kept until it is confirmed.
const overheadBytes = 512;

/** Publishes on a connection of its own, which may be blocked, and waits for the server's word on each message. */
export class Publisher {
  private readonly line: OnDemand<Line>;
  private readonly window: PublishWindow;
  private readonly limit: number;
  // On its way, and nobody waits for it any more.
  private abandonedBytes = 0;

  /** @param prepare Makes what is published to, on each new connection. */
  constructor(
    private readonly connection: RabbitMqConnection,
    maxUnconfirmedBytes: number,
    prepare: (connection: OpenConnection, signal: AbortSignal) => Promise<void>,
  ) {
    this.limit = maxUnconfirmedBytes;
    this.window = new PublishWindow(maxUnconfirmedBytes);
    const forever = new AbortController().signal;
    this.line = new OnDemand(async (ended) => {
      const open = await connection.get(forever);
      await prepare(open, forever);
      const channel = await open.confirmChannel(forever);
      const returned = new Map<string, number>();
      channel.on('return', ({ fields, properties }) => {
        const id = nameOf(fields.routingKey, properties.messageId as string);
        returned.set(id, (returned.get(id) ?? 0) + 1);
      });
      const line: Line = { connection: open, channel, returned };
      channel.on('error', (error) => (line.failure = error));
      channel.on('close', ended);
      if (open.lostBy) throw open.lostBy;
      return line;
    });
  }

  /** What it publishes on, for what must be there before. */
  async open(signal: AbortSignal): Promise<OpenConnection> {
    return (this.line.now ?? (await this.line.get(signal))).connection;
  }

  /**
   * Resolves when the server has taken them all: for each, whether any queue did. Rejects when it refused one, when the
   * connection is lost, and with the signal's reason.
   */
  async publish(messages: readonly Outgoing[], signal: AbortSignal): Promise<readonly ('routed' | 'unrouted')[]> {
    const batch = new PublishBatch(messages.length, signal);
    try {
      for (let index = 0; index < messages.length && !batch.over; index++) {
        const waiting = this.send(messages[index]!, batch, index, signal);
        if (waiting) await waiting;
      }
    } catch (error) {
      batch.fail(error);
    }
    try {
      return await batch.outcome;
    } finally {
      batch.end();
      this.abandonedBytes += batch.openBytes;
      this.replaceStalled();
    }
  }

  /** `undefined`, without a turn of its own, as long as there is room. */
  private send(message: Outgoing, batch: PublishBatch, index: number, signal: AbortSignal): Promise<void> | undefined {
    const line = this.line.now;
    const bytes = message.content.length + overheadBytes;
    if (line && !line.connection.blocked && this.window.tryTake(bytes)) {
      this.write(line, message, batch, index, bytes);
      return undefined;
    }
    return this.sendWhenPossible(message, batch, index, bytes, signal);
  }

  private async sendWhenPossible(
    message: Outgoing,
    batch: PublishBatch,
    index: number,
    bytes: number,
    signal: AbortSignal,
  ): Promise<void> {
    await this.window.take(bytes, signal);
    let line: Line;
    try {
      for (;;) {
        line = await this.line.get(signal);
        if (!line.connection.blocked) break;
        await line.connection.taking(signal);
      }
    } catch (error) {
      this.window.give(bytes);
      throw error;
    }
    this.write(line, message, batch, index, bytes);
  }

  private write(line: Line, message: Outgoing, batch: PublishBatch, index: number, bytes: number): void {
    const { channel, returned } = line;
    const { exchange, routingKey, content, options } = message;
    try {
      // What it returns does not matter: the window is narrower than the buffer that it speaks of is patient.
      channel.publish(exchange, routingKey, content, options, (error: Error | null) => {
        this.window.give(bytes);
        if (batch.ended) this.abandonedBytes -= bytes;
        const unrouted = returned.size > 0 && takeOne(returned, nameOf(routingKey, options.messageId!));
        if (error) batch.failed(bytes, reasonOf(error, line));
        else batch.confirmed(index, bytes, unrouted ? 'unrouted' : 'routed');
      });
      batch.opened(bytes);
    } catch (error) {
      this.window.give(bytes);
      throw line.connection.lostBy ?? line.failure ?? error;
    }
  }

  /**
   * A queue that has lost most of its servers never confirms, and what it does not confirm takes room from all others. When
   * half of the room is taken by what everybody gave up, the connection is made anew.
   */
  private replaceStalled(): void {
    const stalled = this.abandonedBytes >= this.limit / 2;
    const open = this.connection.now;
    if (stalled && open && !open.blocked) open.kill(new Error('RabbitMQ did not confirm what it was sent'));
  }
}

function nameOf(routingKey: string, messageId: string): string {
  return `${routingKey} ${messageId}`;
}

function takeOne(returned: Map<string, number>, id: string): boolean {
  const times = returned.get(id);
  if (times === undefined) return false;
  if (times === 1) returned.delete(id);
  else returned.set(id, times - 1);
  return true;
}

/** The client does not tell why: neither why the channel ended, nor that it was the server that refused. */
function reasonOf(error: Error, { connection, failure }: Line): Error {
  if (error.message === 'message nacked') return new Error('RabbitMQ refused the message');
  return connection.lostBy ?? failure ?? new Error('the connection to RabbitMQ ended before it confirmed the message');
}
