import type {
  BrokerCapabilities,
  BrokerDriver,
  BrokerMessage,
  DeadLetterDriver,
  DeliverySink,
  DriverSubscription,
  SubscriptionRequest,
} from '../broker/driver.js';
import { refuseDelay, refuseMessages, refuseSubscription } from '../broker/memory-refusals.js';
import type { Peers } from '../client/peers.js';
import type { Clock, Timer } from '../clock/clock.js';
import { SkerryError } from '../errors/skerry-error.js';
import { abortable } from '../registry/abortable.js';
import type { Registry } from '../registry/registry.js';
import type { Store } from '../store/store.js';
import { DeadLetters, type DeadLetterRecord } from './dead-letters.js';
import { Flights } from './flights.js';
import { capabilitiesWith } from './inbox-capabilities.js';
import type { InboxEvents } from './inbox-events.js';
import type { InboxNode } from './inbox-node.js';
import { resolveInboxOptions, type InboxOptions, type ResolvedInboxOptions } from './inbox-options.js';
import { inboxService } from './inbox-protocol.js';
import type { Inlets } from './inbox-service.js';
import { InboxSubscriptions } from './inbox-subscriptions.js';
import { KnownQueues } from './known-queues.js';
import type { Target } from './outbox-entry.js';
import { lineName } from './outbox-keys.js';
import { Outbox } from './outbox.js';
import { OutboxWriter, type Outgoing } from './outbox-writer.js';
import { unpack } from './packed-message.js';
import { Publishers } from './publishers.js';
import { Room } from './room.js';
import { WaitingLines } from './waiting-lines.js';

/** What an inbox is made of. */
export interface InboxGround {
  /** For the inbox alone. */
  readonly store: Store;
  readonly registry: Registry;
  readonly peers: Peers;
  readonly inlets: Inlets;
  readonly clock: Clock;
  /** This start of the application. */
  readonly instance: string;
  readonly events: InboxEvents;
}

const deadMs = 30 * 86_400_000;
/** How long deliveries may go on when the application has stopped. */
const patienceMs = 2_000;

/**
 * A broker without a server: what is published waits in the publisher's store, and is brought to one node of each queue by a call.
 * It is there until that node has handled it.
 */
export class InboxBrokerDriver implements BrokerDriver {
  readonly name = 'inbox';
  readonly capabilities: BrokerCapabilities;
  readonly deadLetters: DeadLetterDriver;
  private readonly options: ResolvedInboxOptions;
  private readonly known: KnownQueues;
  private readonly outbox: Outbox;
  private readonly writer: OutboxWriter;
  private readonly flights: Flights;
  private readonly lines: WaitingLines;
  private readonly room: Room;
  private readonly subscriptions: InboxSubscriptions;
  private readonly lifetime = new AbortController();
  private loading: Promise<void> | undefined;
  private resync: Timer | undefined;

  /** Throws `SKERRY_OPTION_INVALID`, and `SKERRY_BROKER_UNSUPPORTED` for a store that lacks what the inbox needs. */
  constructor(
    private readonly ground: InboxGround,
    options: InboxOptions = {},
  ) {
    this.options = resolveInboxOptions(options);
    const { store, registry, clock, instance, events } = ground;
    const { expireMs, leaseMs, forgetQueueMs, expected, deliveryTimeoutMs } = this.options;
    this.capabilities = capabilitiesWith(store, this.options);
    const known = (this.known = new KnownQueues(
      ...([registry, store, clock, `${inboxService}-${instance}`, forgetQueueMs, expected] as const),
    ));
    const outbox = (this.outbox = new Outbox(store, clock, instance, { expireMs, leaseMs, deadMs }));
    this.writer = new OutboxWriter(store, clock, instance, expireMs);
    const letters = new DeadLetters(
      store,
      (letter, signal) => this.revive(letter, signal),
      (queue, messages) => events({ type: 'inbox-dropped', queue, messages, why: 'dead-letters' }),
    );
    this.deadLetters = letters;
    const buried = (queue: string): void => {
      letters.keptOneMore(queue, this.lifetime.signal).catch(() => undefined);
    };
    const flights = (this.flights = new Flights({ ...ground, outbox, leaseMs, timeoutMs: deliveryTimeoutMs, buried }));
    const counted = (messages: number, bytes: number): void => this.room.free(-messages, -bytes);
    const lines = (this.lines = new WaitingLines({ clock, events, outbox, known, flights, counted }));
    this.room = new Room(this.options, events, (messages, bytes) => lines.dropOldest(messages, bytes));
    const checkDelay = (delayMs: number): void => refuseDelay(this.capabilities, delayMs);
    const publishers = new Publishers(registry, ground);
    const came = (node: InboxNode): void => lines.nodeCame(node);
    this.subscriptions = new InboxSubscriptions({ ...ground, known, publishers, checkDelay, came });
    ground.inlets.outgoing = {
      learn: (on, id, signal) => known.learn(on, id, signal),
      waiting: async (line, signal) => ({
        ...(await outbox.count(line, signal)),
        flying: lines.flying(line),
      }),
    };
  }

  /** A lifecycle hook: what an earlier start has left is delivered, whether or not anything is published now. */
  onApplicationBootstrap(): void {
    this.ready().catch(() => this.resyncLater());
  }

  async publish(messages: readonly BrokerMessage[], signal: AbortSignal): Promise<readonly ('routed' | 'unrouted')[]> {
    signal.throwIfAborted();
    refuseMessages(this.capabilities, messages);
    await abortable(this.ready(), signal);
    const wanted = new Map<string, readonly Target[]>();
    for (const topic of new Set(messages.map((each) => each.topic))) {
      wanted.set(topic, await this.known.of(topic, signal));
    }
    const all = messages.map((message) => ({ message, targets: wanted.get(message.topic)! }));
    const outgoing = all.filter(({ targets }) => targets.length > 0);
    if (outgoing.length > 0) await this.put(outgoing, signal);
    return all.map(({ targets }) => (targets.length > 0 ? 'routed' : 'unrouted'));
  }

  async subscribe(request: SubscriptionRequest, sink: DeliverySink, signal: AbortSignal): Promise<DriverSubscription> {
    signal.throwIfAborted();
    refuseSubscription(this.capabilities, request);
    this.lifetime.signal.throwIfAborted();
    return this.subscriptions.begin(request, sink, signal);
  }

  async close(): Promise<void> {
    if (this.lifetime.signal.aborted) return;
    this.lifetime.abort(new SkerryError('SKERRY_APP_STATE', 'the inbox is closed'));
    this.resync?.cancel();
    this.lines.close();
    await this.subscriptions.close();
    await this.flights.close(patienceMs);
  }

  private async put(outgoing: readonly Outgoing[], signal: AbortSignal): Promise<void> {
    const count = outgoing.reduce((sum, { targets }) => sum + targets.length, 0);
    const bytes = outgoing.reduce((sum, { message, targets }) => sum + message.body.byteLength * targets.length, 0);
    await this.room.take(count, bytes, signal);
    try {
      this.lines.add(await this.writer.write(outgoing, signal), { inLane: false, counted: true });
    } catch (error) {
      // What of it was written all the same is found by the next look into the store.
      this.room.free(count, bytes);
      throw error;
    }
  }

  /** Resolves when it is known what waits in the store. */
  private ready(): Promise<void> {
    this.loading ??= this.look().then(
      () => this.resyncLater(),
      (error: unknown) => {
        this.loading = undefined;
        throw error;
      },
    );
    return this.loading;
  }

  private async look(): Promise<void> {
    const { signal } = this.lifetime;
    signal.throwIfAborted();
    this.lines.add(await this.outbox.load(signal), { inLane: true, counted: false });
  }

  private resyncLater(): void {
    this.resync?.cancel();
    if (this.lifetime.signal.aborted) return;
    const again = async (): Promise<void> => {
      await this.lines.sweep();
      await this.look();
    };
    // A store that fails now may not the next time.
    const later = (): void =>
      void again()
        .catch(() => undefined)
        .finally(() => this.resyncLater());
    this.resync = this.ground.clock.setTimer(this.options.resyncMs, later, true);
  }

  private async revive(
    { message, failure: _failure, ...target }: DeadLetterRecord,
    signal: AbortSignal,
  ): Promise<void> {
    // At once, and with new time: what it had is over, and somebody asked for it nevertheless.
    const { expireMs: _over, ...whole } = unpack(message);
    await abortable(this.ready(), signal);
    if (target.node !== undefined && this.known.nodesOf(lineName(target), [target.on]).length === 0) {
      const why = 'the instance that could not handle it has gone, and its queue with it';
      throw new Error(`cannot deliver ${whole.id} again: ${why}; drop the dead letter`);
    }
    await this.put([{ message: whole, targets: [target] }], signal);
  }
}
