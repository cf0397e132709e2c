import { shareable } from '../../clock/shared-signal.js';
import assert from 'node:assert/strict';
import type { BrokerMessage, DeliverySink, DriverDelivery, DriverSubscription } from '../driver.js';

/** Never aborted. */
export const never: AbortSignal = shareable(new AbortController().signal);

/** What a consumer does with a delivery as soon as it has it. */
export type Reaction = (delivery: DriverDelivery, consumer: Consumer) => Promise<void> | void;

export const acknowledges: Reaction = (delivery) => delivery.ack(never);
export const keeps: Reaction = () => undefined;

/** The end of a subscription: writes down what came, and when, and reacts to it. */
export class Consumer implements DeliverySink {
  readonly deliveries: DriverDelivery[] = [];
  /** When each of them came. */
  readonly times: number[] = [];
  /** How settling failed. */
  readonly failures: unknown[] = [];
  /** How often it was reported as lost. */
  losses = 0;
  /** Those that were settled by the reaction. */
  settled = 0;
  subscription!: DriverSubscription;

  constructor(
    private readonly now: () => number,
    private readonly react: Reaction,
  ) {}

  /** Of the messages that came, in the order of their coming. */
  get ids(): string[] {
    return this.deliveries.map(({ message }) => message.id);
  }

  get attempts(): number[] {
    return this.deliveries.map(({ attempt }) => attempt);
  }

  delivered(delivery: DriverDelivery): void {
    this.deliveries.push(delivery);
    this.times.push(this.now());
    const settled = (): void => void this.settled++;
    void Promise.resolve(this.react(delivery, this)).then(settled, (error: unknown) => this.failures.push(error));
  }

  lost(): void {
    this.losses++;
  }

  /** The message that came as the `index`th. */
  at(index: number): DriverDelivery {
    const delivery = this.deliveries[index];
    assert.ok(delivery, `only ${this.deliveries.length} deliveries came`);
    return delivery;
  }
}

/** Compares what engines must carry; what they add for themselves begins with a colon. */
export function sameMessage(actual: BrokerMessage, expected: BrokerMessage): void {
  for (const field of ['id', 'topic', 'contentType', 'key', 'publishedAt'] as const)
    assert.equal(actual[field], expected[field], field);
  assert.deepEqual(Buffer.from(actual.body), Buffer.from(expected.body));
  const added = ([name]: [string, string]): boolean => name.startsWith(':') && !Object.hasOwn(expected.headers, name);
  const headers = Object.entries(actual.headers).filter((each) => !added(each));
  assert.deepEqual(headers.sort(), Object.entries(expected.headers).sort());
}
