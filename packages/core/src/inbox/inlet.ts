import type { BrokerMessage, DeliverySink, DriverDelivery, Failure, SubscriptionRequest } from '../broker/driver.js';
import type { Context } from '../context/context.js';
import type { Answer } from './inbox-protocol.js';

/** Where what is delivered to one subscription comes in: hands it to the sink, and answers when it was settled. */
export class Inlet {
  paused = false;
  private readonly unsettled = new Set<InboxDelivery>();
  private closed = false;

  constructor(
    /** Of its node. */
    readonly id: string,
    readonly request: SubscriptionRequest,
    private readonly sink: DeliverySink,
    /** Throws for a delay that is too long. */
    private readonly checkDelay: (delayMs: number) => void,
  ) {}

  /** @param context Of the call: it is cancelled when its publisher has gone. */
  take(message: BrokerMessage, attempt: number, context: Pick<Context, 'onCancel'>): Answer | Promise<Answer> {
    if (this.paused || this.closed) return { outcome: 'gone' };
    // Several publishers may bring something at once, and none knows of the others.
    if (this.unsettled.size >= this.request.prefetch) return { outcome: 'busy' };
    return new Promise((answer) => {
      const delivery = new InboxDelivery(message, attempt, this.request.deadLetter, this.checkDelay, (outcome) => {
        this.unsettled.delete(delivery);
        unlisten();
        answer(outcome);
      });
      const unlisten = context.onCancel(() => delivery.lose());
      this.unsettled.add(delivery);
      this.sink.delivered(delivery);
    });
  }

  /** What is unsettled goes back to its publishers. */
  close(): void {
    this.closed = true;
    for (const delivery of this.unsettled) delivery.end();
  }
}

type State = 'open' | 'settled' | 'its subscription has ended' | 'its publisher has gone, and will deliver it again';

class InboxDelivery implements DriverDelivery {
  private state: State = 'open';

  constructor(
    readonly message: BrokerMessage,
    readonly attempt: number,
    private readonly keep: boolean,
    private readonly checkDelay: (delayMs: number) => void,
    private readonly answer: (answer: Answer) => void,
  ) {}

  ack(signal: AbortSignal): Promise<void> {
    return this.settle(signal, { outcome: 'ack' });
  }

  async retry(delayMs: number, failure: Failure, signal: AbortSignal): Promise<void> {
    this.checkDelay(delayMs);
    return this.settle(signal, { outcome: 'retry', delayMs, failure });
  }

  deadLetter(failure: Failure, signal: AbortSignal): Promise<void> {
    return this.settle(signal, { outcome: 'dead-letter', keep: this.keep, failure });
  }

  /** The subscription ends. */
  end(): void {
    if (this.state === 'open') this.state = 'its subscription has ended';
    this.answer({ outcome: 'release' });
  }

  /** It stays in the subscriber's hands, and counts there, until that is done with it. */
  lose(): void {
    if (this.state === 'open') this.state = 'its publisher has gone, and will deliver it again';
  }

  private async settle(signal: AbortSignal, outcome: Answer): Promise<void> {
    signal.throwIfAborted();
    const { state } = this;
    if (state !== 'open') {
      if (state !== 'settled') this.answer(outcome);
      throw new Error(`cannot settle ${this.message.id}: ${state === 'settled' ? 'it is settled already' : state}`);
    }
    this.state = 'settled';
    this.answer(outcome);
  }
}
