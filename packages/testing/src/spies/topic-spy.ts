import { SkerryError, type Clock, type Topic } from '@skerry/core';
import { eventually } from '../eventually.js';
import type { BrokerLog, MessageStage, SpiedMessage } from './broker-log.js';

export interface WaitOptions {
  /** How long to wait, in ms of the application's clock; a `ManualClock` is advanced meanwhile. Default 5,000. */
  readonly withinMs?: number;
}

/** Messages of one topic to which one thing happened, from when the spy was made. */
export class SpiedMessages<T> {
  private taken = 0;

  constructor(
    private readonly log: BrokerLog,
    private readonly stage: MessageStage,
    private readonly topic: Topic<T> | string,
    private readonly clock: Clock,
    private readonly from: number,
  ) {}

  /** Those so far, in order. */
  get all(): readonly SpiedMessage<T>[] {
    return this.log.read(this.stage, this.topic, this.from);
  }

  /** The first one that this has not given yet. Rejects with `SKERRY_TEST_TIMEOUT` when it does not come in time. */
  async next(options: WaitOptions = {}): Promise<SpiedMessage<T>> {
    const at = this.taken++;
    return this.wait(() => this.all[at], `message ${at + 1}`, options).catch((error: unknown) => {
      this.taken--;
      throw error;
    });
  }

  /** The first one that fits, also when it has come before. Rejects with `SKERRY_TEST_TIMEOUT` when none comes in time. */
  waitFor(
    predicate: (message: T, about: SpiedMessage<T>) => boolean,
    options: WaitOptions = {},
  ): Promise<SpiedMessage<T>> {
    return this.wait(() => this.all.find((each) => predicate(each.message, each)), 'one that fits', options);
  }

  private wait(
    find: () => SpiedMessage<T> | undefined,
    which: string,
    { withinMs = 5_000 }: WaitOptions,
  ): Promise<SpiedMessage<T>> {
    const { clock, log, from, stage, topic } = this;
    const look = (): SpiedMessage<T> | false => find() ?? false;
    return (eventually(look, { clock, withinMs }) as Promise<SpiedMessage<T>>).catch(() => {
      const name = typeof topic === 'string' ? topic : topic.name;
      const what = `no message of ${name} was ${words[stage]} within ${withinMs} ms (${which}). ${log.describe(from)}`;
      throw new SkerryError('SKERRY_TEST_TIMEOUT', what, { details: { topic: name, stage, withinMs } });
    });
  }
}

const words: Readonly<Record<MessageStage, string>> = {
  published: 'published',
  received: 'received',
  handled: 'handled',
  retried: 'retried',
  deadLettered: 'dead-lettered',
};

/**
 * What happens to the messages of one topic from now on, as one application sees it: it publishes them, and its subscriptions get
 * and settle them.
 *
 *     const spy = app.spy(orderPlaced);
 *     await app.client(Orders).place({ id: 'A1' });
 *     const { message } = await spy.next();
 *     await spy.handled.next({ withinMs: 60_000 });
 */
export class TopicSpy<T> {
  readonly published: SpiedMessages<T>;
  /** Deliveries to subscriptions; each attempt is one. */
  readonly received: SpiedMessages<T>;
  /** Deliveries that were acknowledged. */
  readonly handled: SpiedMessages<T>;
  /** Deliveries that failed, and come again. */
  readonly retried: SpiedMessages<T>;
  /** Deliveries that were given up, whether or not the engine keeps them. */
  readonly deadLettered: SpiedMessages<T>;

  constructor(log: BrokerLog, topic: Topic<T> | string, clock: Clock) {
    const from = log.length;
    const of = (stage: MessageStage): SpiedMessages<T> => new SpiedMessages(log, stage, topic, clock, from);
    this.published = of('published');
    this.received = of('received');
    this.handled = of('handled');
    this.retried = of('retried');
    this.deadLettered = of('deadLettered');
  }

  /** {@link SpiedMessages.next} of {@link published}. */
  next(options?: WaitOptions): Promise<SpiedMessage<T>> {
    return this.published.next(options);
  }

  /** {@link SpiedMessages.waitFor} of {@link published}. */
  waitFor(predicate: (message: T, about: SpiedMessage<T>) => boolean, options?: WaitOptions): Promise<SpiedMessage<T>> {
    return this.published.waitFor(predicate, options);
  }
}
