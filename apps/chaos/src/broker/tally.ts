/** `plain` has no option; `once` has `dedupe`. Every message is for both. */
export const queues = ['plain', 'once'] as const;
export type QueueName = (typeof queues)[number];

/** What became of the messages `m-0` to `m-<count - 1>`, as their processes told it. Takes five bytes for each of them. */
export class Tally {
  /** Grows with everything that is told. */
  changes = 0;
  /** Calls of `publish`, those that failed or were cut off as well. */
  published = 0;
  /** Messages of which a call of `publish` resolved. */
  confirmed = 0;
  /** What the handlers of `once` have added up in their store; unknown until the run has ended. */
  booked: number | undefined;
  private readonly wasConfirmed: Uint8Array;
  /** How often each queue's handler had its effect, by message; at most 65,535 times. */
  private readonly effects: Readonly<Record<QueueName, Uint16Array>>;
  private readonly sums: Readonly<Record<QueueName, { handled: number; distinct: number }>>;

  constructor(readonly count: number) {
    this.wasConfirmed = new Uint8Array(count);
    this.effects = { plain: new Uint16Array(count), once: new Uint16Array(count) };
    this.sums = { plain: { handled: 0, distinct: 0 }, once: { handled: 0, distinct: 0 } };
  }

  publish(message: number): void {
    this.check(message);
    this.changes++;
    this.published++;
  }

  confirm(message: number): void {
    this.check(message);
    this.changes++;
    if (this.wasConfirmed[message] === 0) this.confirmed++;
    this.wasConfirmed[message] = 1;
  }

  handle(queue: QueueName, message: number): void {
    this.check(message);
    const [effects, sums] = [this.effects[queue], this.sums[queue]];
    this.changes++;
    sums.handled++;
    if (effects[message] === 0) sums.distinct++;
    effects[message]!++;
  }

  handled(queue: QueueName): number {
    return this.sums[queue].handled;
  }

  distinct(queue: QueueName): number {
    return this.sums[queue].distinct;
  }

  duplicates(queue: QueueName): number {
    const { handled, distinct } = this.sums[queue];
    return handled - distinct;
  }

  /** Messages that were confirmed and that the queue never handled. */
  lost(queue: QueueName): number {
    return this.wasConfirmed.reduce((sum, each, at) => sum + (each === 1 && this.effects[queue][at] === 0 ? 1 : 0), 0);
  }

  /** Whether all are confirmed, and handled by every queue. */
  get complete(): boolean {
    return this.confirmed === this.count && queues.every((queue) => this.distinct(queue) === this.count);
  }

  private check(message: number): void {
    if (!Number.isInteger(message) || message < 0 || message >= this.count) {
      throw new RangeError(`there is no message ${message}: they are numbered from 0 to ${this.count - 1}`);
    }
  }
}
