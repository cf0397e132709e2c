import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from '../pairs/child.js';
import type { Ground } from './contender.js';
import type { Answers, Order } from './orders.js';

const worker = fileURLToPath(new URL('./worker.js', import.meta.url));
const handledWithinMs = 60_000;

export interface Delivered {
  /** From the start of the first until the last was handled. */
  readonly perSecond: number;
  /** Of publisher and subscriber together, for 100,000 messages. */
  readonly cpuSecondsPer100k: number;
  /** From just before a message was published until it was handled. */
  readonly medianUs: number;
}

/** The publisher and the subscriber of one contender: two processes, or one. */
export class PublishingPair {
  private publisher?: Child;
  private subscriber?: Child;

  constructor(
    private readonly name: string,
    private readonly ground: Ground,
    private readonly together = false,
  ) {}

  /** Starts both sides, and sees that a message arrives as it was published. */
  async start(): Promise<void> {
    const { name, ground, together } = this;
    const env = { SKERRY_LOCAL_REGISTRY_DIR: join(ground.folder, 'registry') };
    const begin = async (side: string): Promise<Child> =>
      (await Child.start(`the ${side}`, worker, [name, side, JSON.stringify(ground)], { env })).child;
    this.subscriber = await begin('subscriber');
    this.publisher = together ? this.subscriber : await begin('publisher');
    const sent = await this.ask(this.publisher, { do: 'publish' });
    const { last } = await this.handled(1);
    // Both ways through JSON: it is the content that counts, not the class.
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(last)), sent)) {
      throw new Error(`wrong message: ${JSON.stringify(last)} came of ${JSON.stringify(sent)}`);
    }
  }

  /** Publishes for so long, and waits until everything was handled. */
  async run(inFlight: number, forMs: number, pauseMs = 0): Promise<Delivered> {
    const before = await this.cpuSeconds();
    const { messages, begunUs } = await this.ask(this.publisher!, { do: 'run', inFlight, forMs, pauseMs });
    const { endedUs, medianUs } = await this.handled(messages);
    const spent = (await this.cpuSeconds()) - before;
    return {
      perSecond: messages / ((endedUs - begunUs) / 1e6),
      cpuSecondsPer100k: (spent / messages) * 100_000,
      medianUs,
    };
  }

  async end(): Promise<void> {
    await this.publisher?.end();
    await this.subscriber?.end();
  }

  private handled(messages: number): Promise<Answers['await']> {
    return this.ask(this.subscriber!, { do: 'await', messages, withinMs: handledWithinMs });
  }

  private async cpuSeconds(): Promise<number> {
    let sum = 0;
    for (const child of new Set([this.publisher!, this.subscriber!])) sum += await this.ask(child, { do: 'usage' });
    return sum;
  }

  private ask<D extends Order['do']>(child: Child, order: Order & { readonly do: D }): Promise<Answers[D]> {
    return child.ask(order, handledWithinMs + 10_000 + ('forMs' in order ? order.forMs : 0)) as Promise<Answers[D]>;
  }
}
