import type { Channel, ConsumeMessage } from 'amqplib';
import type { Clock, DeadLetter, DeadLetterDriver } from '@skerry/core';
import { abortable } from '../abortable.js';
import { leave, type OpenConnection, type RabbitMqConnection } from '../rabbitmq-connection.js';
import { failureOf, header, messageOf, tableOf } from './amqp-message.js';
import { names, quorum } from './names.js';
import type { Publisher } from './publisher.js';
import type { Returns } from './returns.js';

// The oldest that are shown; what is behind them comes into sight when they have gone.
const mostLookedAt = 1_000;
const notFound = 404;
// How long what is there may take to come.
const patienceMs = 500;
const mostChecks = 100;
const checkEveryMs = 5;

/**
 * The dead letters in the server. Looking at them is taking them out and giving them back: they keep their order, and meanwhile
 * another process does not see them. In this process one looks at a time.
 */
export class RabbitMqDeadLetters implements DeadLetterDriver {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly connection: RabbitMqConnection,
    private readonly publisher: Publisher,
    private readonly returns: Returns,
    private readonly clock: Clock,
    private readonly exchange: string,
  ) {}

  async queues(signal: AbortSignal): Promise<readonly { readonly queue: string; readonly count: number }[]> {
    const known = await this.alone(signal, (connection) => this.indexed(connection, signal));
    const connection = await this.connection.get(signal);
    const counted: { queue: string; count: number }[] = [];
    for (const queue of known) {
      const count = await messagesIn(connection, names.deadLetters(queue), signal);
      if (count !== undefined && count > 0) counted.push({ queue, count });
    }
    return counted;
  }

  async list(queue: string, limit: number, signal: AbortSignal): Promise<readonly DeadLetter[]> {
    return this.alone(signal, async (connection) => {
      const letters: DeadLetter[] = [];
      await this.look(connection, names.deadLetters(queue), signal, (raw) => {
        if (letters.length >= limit) return;
        letters.push({ id: idOf(raw), message: messageOf(raw, this.clock), failure: failureOf(raw) });
      });
      return letters;
    });
  }

  async take(queue: string, id: string, action: 'retry' | 'drop', signal: AbortSignal): Promise<boolean> {
    return this.alone(signal, async (connection) => {
      let taken = false;
      await this.look(connection, names.deadLetters(queue), signal, async (raw, remove) => {
        if (taken || idOf(raw) !== id) return;
        // Published first, as always: what goes wrong between makes two of it.
        if (action === 'retry') await this.returns.putBack(messageOf(raw, this.clock), queue, signal);
        remove();
        taken = true;
      });
      return taken;
    });
  }

  /** Makes a queue for dead letters and has it found; called before the first of them can come. */
  async prepare(connection: OpenConnection, queue: string, signal: AbortSignal): Promise<void> {
    const kept = names.deadLetters(queue);
    if ((await messagesIn(connection, kept, signal)) !== undefined) return;
    const channel = await connection.channel(signal);
    try {
      const index = names.deadLetterIndex(this.exchange);
      await abortable(channel.assertQueue(index, { arguments: quorum }), signal);
      // Before the queue: a name of nothing is removed by who finds it, and a queue without a name by nobody.
      const options = { messageId: queue, mandatory: true, persistent: true };
      await this.publisher.publish([{ exchange: '', routingKey: index, content: Buffer.alloc(0), options }], signal);
      await abortable(channel.assertQueue(kept, { arguments: quorum }), signal);
    } finally {
      leave(channel);
    }
  }

  /** The queues that have ever had dead letters, sorted. Names of queues that are gone, and second ones, are removed. */
  private async indexed(connection: OpenConnection, signal: AbortSignal): Promise<readonly string[]> {
    const found = new Set<string>();
    await this.look(connection, names.deadLetterIndex(this.exchange), signal, async (raw, remove) => {
      const queue = String(raw.properties.messageId ?? '');
      const there = !found.has(queue) && (await messagesIn(connection, names.deadLetters(queue), signal)) !== undefined;
      if (there) found.add(queue);
      else remove();
    });
    return [...found].sort();
  }

  /**
   * Shows the oldest messages of a queue, and removes those that it is told to. All are taken out, always as many: the server
   * gives back in front of what was never taken out, but behind what was, so that to take fewer would change their order.
   */
  private async look(
    connection: OpenConnection,
    queue: string,
    signal: AbortSignal,
    show: (raw: ConsumeMessage, remove: () => void) => Promise<void> | void,
  ): Promise<void> {
    const before = await messagesIn(connection, queue, signal);
    if (!before) return;
    const channel = await connection.channel(signal);
    let removed = 0;
    try {
      for (const raw of await this.oldest(channel, queue, Math.min(before, mostLookedAt), signal)) {
        const remove = (): void => {
          channel.ack(raw);
          removed++;
        };
        await show(raw, remove);
      }
    } finally {
      // Gives back what was not acknowledged.
      leave(channel);
    }
    await this.back(connection, queue, before - removed, signal);
  }

  /** As many as there should be; fewer when somebody else has them. */
  private async oldest(channel: Channel, queue: string, count: number, signal: AbortSignal): Promise<ConsumeMessage[]> {
    const found: ConsumeMessage[] = [];
    await abortable(channel.prefetch(mostLookedAt), signal);
    let enough!: () => void;
    const all = new Promise<void>((resolve) => (enough = resolve));
    const timer = this.clock.setTimer(patienceMs, enough);
    try {
      const consuming = channel.consume(queue, (raw) => {
        if (raw && found.length < count) found.push(raw);
        if (found.length >= count) enough();
      });
      await abortable(consuming, signal);
      await abortable(all, signal);
      return found;
    } finally {
      timer.cancel();
    }
  }

  /** The server closes a channel before what it held is back. Resolves when it is, and if somebody else has it, soon. */
  private async back(connection: OpenConnection, queue: string, count: number, signal: AbortSignal): Promise<void> {
    for (let checks = 0; checks < mostChecks; checks++) {
      if (((await messagesIn(connection, queue, signal)) ?? count) >= count) return;
      await this.clock.sleep(checkEveryMs, signal);
    }
  }

  /** Runs after all that came before, on a connection. */
  private alone<T>(signal: AbortSignal, work: (connection: OpenConnection) => Promise<T>): Promise<T> {
    const turn = this.last.then(async () => {
      signal.throwIfAborted();
      return work(await this.connection.get(signal));
    });
    this.last = turn.catch(() => undefined);
    return abortable(turn, signal);
  }
}

/** `undefined` when there is no such queue. */
async function messagesIn(connection: OpenConnection, queue: string, signal: AbortSignal): Promise<number | undefined> {
  const channel = await connection.channel(signal);
  try {
    return (await abortable(channel.checkQueue(queue), signal)).messageCount;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === notFound) return undefined;
    throw error;
  } finally {
    leave(channel);
  }
}

/** What others have put there has the publisher's id alone. */
function idOf(raw: ConsumeMessage): string {
  const own = tableOf(raw.properties)[header.deadLetterId];
  return typeof own === 'string' ? own : String(raw.properties.messageId ?? '');
}
