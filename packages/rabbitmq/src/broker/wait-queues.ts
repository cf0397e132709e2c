import type { Channel } from 'amqplib';
import type { Clock } from '@skerry/core';
import { abortable } from '../abortable.js';
import { leave, type OpenConnection } from '../rabbitmq-connection.js';
import { header } from './amqp-message.js';
import { names, quorum } from './names.js';

// A queue that nobody declares any more is removed, with what is in it: long after its last message has left.
const spareMs = 10 * 60_000;
// How long it is believed to be there. Far below what it is there.
const believedMs = 60_000;

interface Declared {
  readonly at: number;
  readonly done: Promise<void>;
}

/**
 * Queues that nobody consumes: messages leave them for where they belong when their time there is over. They are made when a
 * delay is used, and go when it has not been for long.
 */
export class WaitQueues {
  private readonly declared = new WeakMap<OpenConnection, Map<string, Declared>>();

  constructor(
    private readonly exchange: string,
    private readonly clock: Clock,
  ) {}

  /** Of messages that are published when they have waited. */
  forTopics(connection: OpenConnection, delayMs: number, signal: AbortSignal): Promise<string> {
    const { exchange } = this;
    const queue = names.waitQueue(exchange, delayMs);
    return this.ready(connection, queue, signal, async (channel) => {
      // What nobody subscribes to goes: waiting for somebody, it would keep all that come after it.
      await channel.assertQueue(queue, { arguments: { ...waiting(delayMs), 'x-dead-letter-exchange': exchange } });
      const match = { 'x-match': 'all', [header.wait]: String(delayMs) };
      await channel.bindQueue(queue, names.waiting(exchange), '', match);
    });
  }

  /** Of messages that go back to their queue. */
  forRetries(
    connection: OpenConnection,
    target: { readonly queue: string; readonly broadcast: boolean },
    delayMs: number,
    signal: AbortSignal,
  ): Promise<string> {
    const queue = names.retryQueue(target.queue, delayMs);
    // The server keeps a message until its queue has confirmed it; a broadcast's is gone with its process.
    const confirmed = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' };
    const back = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': target.queue };
    return this.ready(connection, queue, signal, async (channel) => {
      await channel.assertQueue(queue, {
        arguments: { ...waiting(delayMs), ...back, ...(target.broadcast ? {} : confirmed) },
      });
    });
  }

  /** What was believed to be there is not. */
  forget(connection: OpenConnection): void {
    this.declared.delete(connection);
  }

  /** @returns the queue's name. */
  private async ready(
    connection: OpenConnection,
    queue: string,
    signal: AbortSignal,
    declare: (channel: Channel) => Promise<void>,
  ): Promise<string> {
    const known = this.declared.get(connection) ?? new Map<string, Declared>();
    this.declared.set(connection, known);
    const now = this.clock.now();
    let entry = known.get(queue);
    if (!entry || now - entry.at > believedMs) {
      const done = declaring(connection, declare);
      entry = { at: now, done };
      known.set(queue, entry);
      done.catch(() => known.get(queue)?.done === done && known.delete(queue));
    }
    await abortable(entry.done, signal);
    return queue;
  }
}

function waiting(delayMs: number): object {
  return { ...quorum, 'x-message-ttl': delayMs, 'x-expires': 2 * delayMs + spareMs };
}

/** On a channel of its own, which a refusal ends. It serves all who need the queue, and so has none's signal. */
async function declaring(connection: OpenConnection, declare: (channel: Channel) => Promise<void>): Promise<void> {
  const channel = await connection.channel(new AbortController().signal);
  try {
    await declare(channel);
  } finally {
    leave(channel);
  }
}
