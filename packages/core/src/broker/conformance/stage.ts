import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { BrokerDriver, BrokerMessage, Failure, SubscriptionRequest } from '../driver.js';
import { acknowledges, Consumer, never, type Reaction } from './consumer.js';
import type { BrokerHarness } from './harness.js';

/** For one test: names that no other test and no earlier run has used, and drivers that are closed at its end. */
export class Stage {
  /** One word. */
  readonly topic = `conformance-${randomUUID().slice(0, 8)}`;
  readonly withinMs: number;
  readonly settleMs: number;
  readonly delayMs: number;
  private readonly drivers: BrokerDriver[] = [];
  private readonly queues = new Set<string>();
  private published = 0;

  constructor(readonly harness: BrokerHarness) {
    this.withinMs = harness.withinMs ?? 10_000;
    this.settleMs = harness.settleMs ?? 100;
    this.delayMs = harness.delayMs ?? 300;
  }

  async open(): Promise<BrokerDriver> {
    const driver = await this.harness.open();
    this.drivers.push(driver);
    return driver;
  }

  /** The name of a queue of this test. */
  queue(name: string): string {
    const queue = `${this.topic}.${name}`;
    this.queues.add(queue);
    return queue;
  }

  request(change: Partial<SubscriptionRequest> = {}): SubscriptionRequest {
    return Object.freeze({
      topic: this.topic,
      queue: this.queue('queue'),
      broadcast: false,
      prefetch: 50,
      ordered: false,
      deadLetter: false,
      from: 'now',
      ...change,
    });
  }

  /** Subscribes, and acknowledges what comes unless `react` does something else. */
  async consume(
    driver: BrokerDriver,
    change: Partial<SubscriptionRequest> = {},
    react: Reaction = acknowledges,
  ): Promise<Consumer> {
    const consumer = new Consumer(() => this.harness.now(), react);
    consumer.subscription = await driver.subscribe(this.request(change), consumer, never);
    return consumer;
  }

  /** A message of this test's topic, with an id that says when it was made: `m1`, `m2`. */
  message(change: Partial<BrokerMessage> = {}): BrokerMessage {
    const id = `m${++this.published}`;
    return Object.freeze({
      id,
      topic: this.topic,
      body: Buffer.from(JSON.stringify({ id })),
      contentType: 'application/json',
      publishedAt: 1_700_000_000_000 + this.published,
      persistent: true,
      ...change,
      headers: Object.freeze({ ...change.headers }),
    });
  }

  messages(count: number, change: Partial<BrokerMessage> = {}): BrokerMessage[] {
    return Array.from({ length: count }, () => this.message(change));
  }

  /** Publishes, and gives the messages. */
  async publish(driver: BrokerDriver, messages: readonly BrokerMessage[] = [this.message()]): Promise<BrokerMessage[]> {
    const taken = await driver.publish(Object.freeze([...messages]), never);
    assert.deepEqual(taken, Array<string>(messages.length).fill('routed'));
    return [...messages];
  }

  failure(change: Partial<Failure> = {}): Failure {
    const failedAt = 1_700_000_000_500;
    return {
      code: 'OUT_OF_STOCK',
      message: 'none left',
      service: 'shop',
      node: 'shop-1',
      attempt: 1,
      failedAt,
      ...change,
    };
  }

  /** Waits until `check` no longer throws; then lets the failure through. */
  async eventually<T>(check: () => T | Promise<T>, withinMs = this.withinMs): Promise<T> {
    const stepMs = 20;
    for (let passedMs = 0; ; passedMs += stepMs) {
      try {
        return await check();
      } catch (error) {
        if (passedMs >= withinMs) throw error;
      }
      await this.harness.pass(stepMs);
    }
  }

  /** Waits until so many deliveries came, and then a little for one too many. */
  async comes(consumer: Consumer, count: number): Promise<void> {
    await this.eventually(() => assert.ok(consumer.deliveries.length >= count, `${consumer.deliveries.length} came`));
    await this.quiet();
    assert.equal(consumer.deliveries.length, count);
  }

  /** Waits until exactly these messages came and were settled, in any order and each once. */
  async getsAll(consumers: readonly Consumer[], messages: readonly BrokerMessage[]): Promise<void> {
    const count = (): number => consumers.reduce((sum, { settled }) => sum + settled, 0);
    await this.eventually(() => assert.ok(count() >= messages.length, `${count()} of ${messages.length} were settled`));
    await this.quiet();
    assert.deepEqual(consumers.flatMap(({ ids }) => ids).sort(), messages.map(({ id }) => id).sort());
    assert.deepEqual(
      consumers.flatMap(({ failures }) => failures),
      [],
    );
  }

  /** What came at `cameAt` was not to come before `dueAt`. */
  notBefore(dueAt: number, cameAt: number): void {
    const earlyMs = dueAt - cameAt;
    assert.ok(earlyMs <= (this.harness.earlyMs ?? 0), `came ${earlyMs} ms too early`);
  }

  /** Gives what must not come the time to come. */
  quiet(): Promise<void> {
    return this.harness.pass(this.settleMs);
  }

  async end(): Promise<void> {
    for (const driver of this.drivers) await driver.close();
    await this.harness.forget?.([...this.queues]);
  }
}

/** Defines a test that has a stage of its own. */
export type Define = (name: string, body: (stage: Stage) => Promise<void>) => void;
