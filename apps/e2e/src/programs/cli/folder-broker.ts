import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BrokerCapabilities,
  BrokerDriver,
  BrokerMessage,
  Clock,
  DeadLetterDriver,
  DeliverySink,
  DriverDelivery,
  DriverSubscription,
  Failure,
  SubscriptionRequest,
} from '@skerry/core';

const lookEveryMs = 20;

interface Stored {
  readonly message: Omit<BrokerMessage, 'body'> & { readonly body: string };
  readonly attempt: number;
  readonly failure?: Failure;
}

/**
 * A broker that is a folder, for processes of one test: each queue is a folder with files that wait, and files that are dead. Not
 * one to use: it knows no delays, and what a process held that died is not delivered again.
 */
export class FolderBroker implements BrokerDriver {
  readonly name = 'folder';
  readonly capabilities: BrokerCapabilities = {
    ...{ durable: 'engine', queues: true, broadcast: true, maxDelayMs: 0, attempts: true, deadLetter: true },
    ...{ ordered: false, patterns: false, replay: false, mandatory: true, expiry: false, maxMessageBytes: 64 * 1024 },
  };
  readonly deadLetters: DeadLetterDriver = {
    queues: async () => {
      const counted = await Promise.all(
        (await names(this.path)).map(async (queue) => ({ queue, count: (await names(this.at(queue, 'dead'))).length })),
      );
      return counted.filter(({ count }) => count > 0);
    },
    list: async (queue, limit) => {
      const files = (await names(this.at(queue, 'dead'))).slice(0, limit);
      return Promise.all(
        files.map(async (id) => {
          const { message, failure } = await read(this.at(queue, 'dead', id));
          return { id, message: { ...message, body: Buffer.from(message.body, 'base64') }, failure: failure! };
        }),
      );
    },
    take: async (queue, id, action) => {
      const file = this.at(queue, 'dead', id);
      if (!(await names(this.at(queue, 'dead'))).includes(id)) return false;
      if (action === 'retry') await this.put(queue, 'waiting', { message: (await read(file)).message, attempt: 1 });
      await rm(file);
      return true;
    },
  };
  private readonly subscriptions = new Set<() => Promise<void>>();
  private last = 0;

  constructor(
    private readonly path: string,
    private readonly clock: Clock,
  ) {}

  async publish(messages: readonly BrokerMessage[]): Promise<readonly ('routed' | 'unrouted')[]> {
    return Promise.all(
      messages.map(async (message) => {
        let routed = false;
        for (const queue of await names(this.path)) {
          if ((await readFile(this.at(queue, 'topic'), 'utf8').catch(() => '')) !== message.topic) continue;
          const body = Buffer.from(message.body).toString('base64');
          await this.put(queue, 'waiting', { message: { ...message, body }, attempt: 1 });
          routed = true;
        }
        return routed ? 'routed' : 'unrouted';
      }),
    );
  }

  async subscribe(request: SubscriptionRequest, sink: DeliverySink): Promise<DriverSubscription> {
    const { queue, topic, broadcast, prefetch } = request;
    for (const each of ['waiting', 'held', 'dead']) await mkdir(this.at(queue, each), { recursive: true });
    await writeFile(this.at(queue, 'topic'), topic);
    const held = new Set<string>();
    let over = false;
    const look = async (): Promise<void> => {
      for (const name of await names(this.at(queue, 'waiting'))) {
        if (over || held.size >= prefetch) return;
        // Of several that want it, one gets it.
        const taken = await rename(this.at(queue, 'waiting', name), this.at(queue, 'held', name)).then(
          () => true,
          () => false,
        );
        if (!taken) continue;
        held.add(name);
        sink.delivered(this.delivery(queue, name, await read(this.at(queue, 'held', name)), held));
      }
    };
    let looking = Promise.resolve();
    const timer = setInterval(() => void (looking = looking.then(look, look)), lookEveryMs);
    const pause = async (): Promise<void> => {
      over = true;
      clearInterval(timer);
      await looking.catch(() => undefined);
    };
    const close = async (): Promise<void> => {
      this.subscriptions.delete(close);
      await pause();
      for (const name of held) await rename(this.at(queue, 'held', name), this.at(queue, 'waiting', name));
      held.clear();
      if (broadcast) await rm(this.at(queue), { recursive: true, force: true });
    };
    this.subscriptions.add(close);
    return { pause, close };
  }

  async close(): Promise<void> {
    for (const close of this.subscriptions) await close();
  }

  private delivery(queue: string, name: string, { message, attempt }: Stored, held: Set<string>): DriverDelivery {
    const settle = async (where?: 'waiting' | 'dead', stored?: Stored): Promise<void> => {
      if (!held.delete(name)) throw new Error('it has gone back to its queue');
      if (where && stored) await this.put(queue, where, stored);
      await rm(this.at(queue, 'held', name));
    };
    return {
      message: { ...message, body: Buffer.from(message.body, 'base64') },
      attempt,
      ack: () => settle(),
      retry: (_delayMs, failure) => settle('waiting', { message, attempt: attempt + 1, failure }),
      deadLetter: (failure) => settle('dead', { message, attempt, failure }),
    };
  }

  private async put(queue: string, where: 'waiting' | 'dead', stored: Stored): Promise<void> {
    const order = `${this.clock.wallTime()}`.padStart(15, '0');
    const name = `${order}-${`${++this.last}`.padStart(6, '0')}-${this.clock.randomHex(4)}`;
    const draft = this.at(queue, `draft-${name}`);
    await writeFile(draft, JSON.stringify(stored));
    await rename(draft, this.at(queue, where, name));
  }

  private at(...parts: string[]): string {
    return join(this.path, ...parts);
  }
}

async function names(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function read(file: string): Promise<Stored> {
  return JSON.parse(await readFile(file, 'utf8')) as Stored;
}
