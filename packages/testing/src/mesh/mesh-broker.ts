import {
  MemoryBrokerDriver,
  type BrokerCapabilities,
  type BrokerDriver,
  type BrokerMessage,
  type DeadLetterDriver,
  type DeliverySink,
  type DriverDelivery,
  type DriverSubscription,
  type MemoryBrokerEngine,
  type SubscriptionRequest,
} from '@skerry/core';
import { Exchange, never } from './exchange.js';
import type { Host, MeshNet } from './mesh-net.js';
import { OrderedWay } from './ordered-way.js';

interface Subscribed {
  readonly sink: DeliverySink;
  inner?: DriverSubscription;
  /** Nothing is handed over any more. */
  over: boolean;
  /** Its connection is gone, which its process may not know yet; what was on its way there went with it. */
  broken: boolean;
}

// After so long without a word the broker and its client take each other for lost.
const heartbeatMs = 10_000;
// When the second copy of a message that is taken twice arrives.
const duplicateMs = [0, 500] as const;

/**
 * The broker as a node reaches it over the mesh: one connection, as with AMQP, whose requests and answers keep their order. When it
 * breaks, what was unsettled goes back to its queue, and the subscriptions are lost.
 */
export class MeshBrokerDriver implements BrokerDriver {
  readonly name = 'memory';
  readonly capabilities: BrokerCapabilities;
  readonly deadLetters?: DeadLetterDriver;
  private readonly inner: MemoryBrokerDriver;
  private readonly exchange: Exchange;
  private readonly subscriptions = new Set<Subscribed>();
  private silentSince: number | undefined;

  constructor(
    private readonly net: MeshNet,
    private readonly host: Host,
    engine: MemoryBrokerEngine,
  ) {
    this.inner = new MemoryBrokerDriver(engine);
    this.capabilities = this.inner.capabilities;
    const there = new OrderedWay(
      net,
      host.name,
      'broker',
      () => false,
      () => undefined,
    );
    const back = new OrderedWay(
      net,
      'broker',
      host.name,
      () => host.frozen,
      () => undefined,
    );
    this.exchange = new Exchange(net, host, 'broker', { there, back });
    const letters = this.inner.deadLetters!;
    this.deadLetters = {
      queues: (signal) => this.request(() => letters.queues(never), signal),
      list: (queue, limit, signal) => this.request(() => letters.list(queue, limit, never), signal),
      take: (queue, id, action, signal) => this.request(() => letters.take(queue, id, action, never), signal),
    };
    const unlisten = net.conditions.onChange(() => this.listenForSilence());
    host.ended.add(() => {
      unlisten();
      const notice = (): void => void this.inner.close();
      // A process that ended closed its connection; of a machine that is gone nobody hears that.
      if (host.state === 'silent') net.time.set(heartbeatMs, notice);
      else net.carry(host.name, 'broker', notice);
    });
  }

  async publish(messages: readonly BrokerMessage[], signal: AbortSignal): Promise<readonly ('routed' | 'unrouted')[]> {
    const { net } = this;
    return this.request(async () => {
      const routed = await this.inner.publish(messages, never);
      const again = messages.filter(() => net.chance.happens(net.rates.duplicates));
      if (again.length > 0) {
        net.history.add('mesh', `the broker takes ${again.map(({ id }) => id).join(', ')} twice`);
        net.time.set(
          net.chance.between(duplicateMs),
          () => void this.inner.publish(again, never).catch(() => undefined),
        );
      }
      return routed;
    }, signal);
  }

  async subscribe(request: SubscriptionRequest, sink: DeliverySink, signal: AbortSignal): Promise<DriverSubscription> {
    const subscribed: Subscribed = { sink, over: false, broken: false };
    const end = (): void => {
      subscribed.over = true;
      this.subscriptions.delete(subscribed);
      void subscribed.inner?.close();
    };
    // Nobody would settle what it is handed.
    const givenUp = (): void => end();
    signal.addEventListener('abort', givenUp, { once: true });
    this.subscriptions.add(subscribed);
    try {
      await this.request(async () => {
        subscribed.inner = await this.inner.subscribe(
          request,
          {
            delivered: (delivery) => this.handOver(subscribed, delivery),
            lost: (error) => {
              subscribed.broken = true;
              this.exchange.answer(() => this.lose(subscribed, error));
            },
          },
          never,
        );
        if (subscribed.over) void subscribed.inner.close();
      }, signal);
    } catch (error) {
      end();
      throw error;
    } finally {
      signal.removeEventListener('abort', givenUp);
    }
    const of = (work: (inner: DriverSubscription) => Promise<void>) => () => work(subscribed.inner!);
    return {
      pause: async () => {
        await this.request(
          of((inner) => inner.pause()),
          never,
        );
        subscribed.over = true;
      },
      close: async () => {
        subscribed.over = true;
        await this.request(
          of((inner) => inner.close()),
          never,
        );
        // Not before: when the connection breaks with the request, that is its end.
        this.subscriptions.delete(subscribed);
      },
      waiting: (asked) => this.request(() => subscribed.inner!.waiting!(never), asked),
    };
  }

  async close(): Promise<void> {
    for (const each of this.subscriptions) each.over = true;
    await this.request(() => this.inner.close(), never);
  }

  /** As when its connection breaks. */
  disconnect(error = new Error('the connection to the broker broke')): void {
    for (const each of [...this.subscriptions]) {
      if (!each.inner) continue;
      each.broken = true;
      void each.inner.close();
      this.net.enter(this.host, () => this.lose(each, error));
    }
  }

  private request<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.exchange.request(work, signal, (error) => this.disconnect(error));
  }

  private handOver(subscribed: Subscribed, delivery: DriverDelivery): void {
    const { net, host } = this;
    const arrived = (): void => {
      if (subscribed.over || subscribed.broken) return;
      subscribed.sink.delivered({
        message: delivery.message,
        attempt: delivery.attempt,
        ack: (signal) => this.request(() => delivery.ack(never), signal),
        retry: (delayMs, failure, signal) => this.request(() => delivery.retry(delayMs, failure, never), signal),
        deadLetter: (failure, signal) => this.request(() => delivery.deadLetter(failure, never), signal),
      });
    };
    const lateMs = net.overtaken();
    if (lateMs === 0) this.exchange.answer(arrived);
    else net.time.set(lateMs, () => net.reach('broker', host, arrived));
  }

  private lose(subscribed: Subscribed, error: unknown): void {
    if (!this.subscriptions.delete(subscribed) || subscribed.over) return;
    subscribed.over = true;
    subscribed.sink.lost(error);
  }

  private listenForSilence(): void {
    const { net, host } = this;
    const cut = net.conditions.isCut(host.name, 'broker') || net.conditions.isCut('broker', host.name) || host.frozen;
    if (!cut) this.silentSince = undefined;
    if (!cut || this.silentSince !== undefined) return;
    const since = (this.silentSince = net.time.now);
    net.time.set(heartbeatMs, () => {
      if (this.silentSince !== since || host.state !== 'up') return;
      net.history.add('mesh', `${host.name} and the broker take each other for lost`);
      this.disconnect(new Error(`nothing came for ${heartbeatMs} ms`));
    });
  }
}
