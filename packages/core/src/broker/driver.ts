/**
 * What an engine implements to back the broker. Users never see this file; engine authors live in it.
 *
 * A driver is thin: it moves messages to its engine and back, and settles them there. Encoding, validation, retry policy,
 * ordering within the process, deduplication, deadlines, tracing and wrapping errors are done once, by `Broker`, for every
 * engine. So a driver throws the engine's own error, at once, and never retries.
 */
export interface BrokerDriver {
  /** The engine's name, for people and logs: `memory`, `inbox`, `rabbitmq`. */
  readonly name: string;

  /** What this engine can do. Read once, at boot: a subscription that needs more than this fails there, not at run time. */
  readonly capabilities: BrokerCapabilities;

  /**
   * Hands messages over. Resolves when the engine has taken responsibility for all of them: written as durably as its
   * capabilities say, for every queue that exists by now. Rejects when it may have taken none, or some: the caller publishes
   * all of them again, with the same ids. May be called concurrently; of two calls neither need wait for the other.
   *
   * @param messages Frozen; may be kept.
   * @param signal   Aborted when the publisher's deadline is over, and when it gives up: stop waiting and reject with its reason.
   * @returns For each message, in order, whether any queue took it. `routed` as well where the engine cannot know.
   */
  publish(messages: readonly BrokerMessage[], signal: AbortSignal): Promise<readonly ('routed' | 'unrouted')[]>;

  /**
   * Begins a subscription. Resolves when everything that is published from now on reaches its queue. Called again, with the
   * same request, after {@link DeliverySink.lost}: what was not settled is delivered again, to this or another instance; a
   * broadcast's queue may begin anew. May be called concurrently for different subscriptions; several of one process may share a
   * queue.
   *
   * @param signal Aborted when the caller's deadline (default 5 s) is over, before this has resolved.
   */
  subscribe(request: SubscriptionRequest, sink: DeliverySink, signal: AbortSignal): Promise<DriverSubscription>;

  /** What was dead-lettered; absent where `capabilities.deadLetter` is `false`. */
  readonly deadLetters?: DeadLetterDriver;

  /** Frees what the driver opened. Nothing is called afterwards, and no callback may fire. Harmless twice. */
  close(): Promise<void>;
}

/**
 * `Broker` asks for nothing beyond these. A driver that is asked nevertheless refuses: it rejects, and nothing has changed. It
 * never does less than it was asked for.
 */
export interface BrokerCapabilities {
  /** What a message that was taken survives: nothing, the end of its publisher's process, or also that of the engine. */
  readonly durable: 'none' | 'publisher' | 'engine';
  /** Several instances share one queue, each message going to one of them. */
  readonly queues: boolean;
  /** Each instance gets every message. */
  readonly broadcast: boolean;
  /** Messages and retries can wait, for up to so many ms; 0 where they cannot. */
  readonly maxDelayMs: number;
  /** It counts the deliveries of a message across processes, so that `attempts` holds when one of them dies. */
  readonly attempts: boolean;
  /** It keeps messages aside that nobody could handle. */
  readonly deadLetter: boolean;
  /**
   * A queue can be bound so that messages of one key are handled one after the other, whatever the number of instances: they are
   * handed over in the order of their publication, and are never unsettled at two subscriptions at once. One that is retried or
   * redelivered stays ahead of those of its key that nobody has been handed yet.
   */
  readonly ordered: boolean;
  /** A topic may hold `*` for one word and end in `#` for any number, also none: `orders.*`, `orders.#`. */
  readonly patterns: boolean;
  /** A new queue can begin with messages of the past. */
  readonly replay: boolean;
  /** It knows whether a message reached any queue; `undelayed`: not of one that is published with a delay. */
  readonly mandatory: boolean | 'undelayed';
  /** Messages disappear by themselves when their time is over; `undelayed`: not those that are published with a delay. */
  readonly expiry: boolean | 'undelayed';
  /** Largest body in bytes. A larger one is refused with `SKERRY_BROKER_MESSAGE_TOO_LARGE`. */
  readonly maxMessageBytes: number;
}

/** One message as engines carry it. Plain data: it crosses processes and languages. */
export interface BrokerMessage {
  /** Chosen by the publisher, the same for every time that it is published again. */
  readonly id: string;
  readonly topic: string;
  readonly body: Uint8Array;
  /** `application/json`. */
  readonly contentType: string;
  /** Messages with the same one keep their order, where a subscription asks for it. */
  readonly key?: string;
  /** Lower-case keys. Those that begin with `:` are Skerry's own. At most 64 entries, 16 KiB in all. */
  readonly headers: Readonly<Record<string, string>>;
  /** By the publisher's wall clock, in ms since 1970. For people; never compared with another clock. */
  readonly publishedAt: number;
  /** How long it may wait to be handled, from now. Default: as long as the engine keeps it. */
  readonly expireMs?: number;
  /** How long nobody shall get it, from now. Default 0. */
  readonly delayMs?: number;
  /** It shall survive what the engine's `durable` promises; otherwise it may be lost with the engine's memory. */
  readonly persistent: boolean;
}

/** What one `@Subscribe` asks of its engine. */
export interface SubscriptionRequest {
  /** A topic, or a pattern of topics. */
  readonly topic: string;
  /** Its queue: unique for a broadcast, shared by all instances otherwise. Letters, digits, `.`, `-`, `_`. */
  readonly queue: string;
  /** The queue belongs to this process and goes with it. */
  readonly broadcast: boolean;
  /** Deliveries that may be unsettled at once: more are not to be handed over. */
  readonly prefetch: number;
  /** Only where `capabilities.ordered`. */
  readonly ordered: boolean;
  /** Only where `capabilities.deadLetter`: keep aside what is dead-lettered. */
  readonly deadLetter: boolean;
  /** Where a queue begins that does not exist yet. `earliest` only where `capabilities.replay`. */
  readonly from: 'now' | 'earliest';
}

/** Where deliveries go. Called in any turn, also before {@link BrokerDriver.subscribe} has resolved; must not throw. */
export interface DeliverySink {
  delivered(delivery: DriverDelivery): void;
  /** The subscription has ended, and not because it was told to. Its unsettled deliveries cannot be settled any more. */
  lost(error: unknown): void;
}

/**
 * A message in the hands of a subscription, until one of the three is called, once. Where one rejects, the engine may not know what
 * became of it: the subscription is closed, which gives back what is unsettled, and another is begun.
 */
export interface DriverDelivery {
  readonly message: BrokerMessage;
  /** Which delivery of it to this queue this is, from 1. Always 1 where `capabilities.attempts` is `false`. */
  readonly attempt: number;
  /** It was handled: never deliver it to this queue again. Resolves when the engine knows. */
  ack(signal: AbortSignal): Promise<void>;
  /**
   * Deliver it again, not before `delayMs` from now; then `attempt` is one higher, and the failure is in
   * {@link BrokerMessage.headers} or kept by the engine. Nothing may be lost between. The other messages of its queue need
   * not wait for it, except for those of its key where that is ordered.
   */
  retry(delayMs: number, failure: Failure, signal: AbortSignal): Promise<void>;
  /** Never deliver it to this queue again, and keep it aside, where the subscription asked for that. */
  deadLetter(failure: Failure, signal: AbortSignal): Promise<void>;
}

/** Why a delivery was not handled. Plain data, no stacks. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly service: string;
  readonly node: string;
  readonly attempt: number;
  /** By the node's wall clock, in ms since 1970. */
  readonly failedAt: number;
}

/** A subscription that runs. */
export interface DriverSubscription {
  /**
   * Hands over no more deliveries, and keeps those that are unsettled open: they can still be settled. Resolves when none can come
   * any more.
   */
  pause(): Promise<void>;
  /**
   * Ends it. Unsettled deliveries go back to the queue, or away with it when it is a broadcast's; settling them afterwards
   * rejects. Nothing is delivered, or reported as lost, any more. Harmless twice, and
   * when it was lost.
   */
  close(): Promise<void>;
  /** Messages that wait in the queue, as far as the engine knows; absent where it does not. */
  waiting?(signal: AbortSignal): Promise<number>;
}

/** A message that was kept aside. */
export interface DeadLetter {
  /** Of the dead letter, in its queue: what {@link DeadLetterDriver.take} is given. */
  readonly id: string;
  readonly message: BrokerMessage;
  readonly failure: Failure;
}

/** The dead letters of queues, for people. */
export interface DeadLetterDriver {
  /** The names of the queues that have any, sorted, with their number. */
  queues(signal: AbortSignal): Promise<readonly { readonly queue: string; readonly count: number }[]>;
  /** The oldest ones, at most `limit`. They stay where they are. */
  list(queue: string, limit: number, signal: AbortSignal): Promise<readonly DeadLetter[]>;
  /** Removes one; `retry` puts it back into its queue, as a first delivery. `false` when it is not there. */
  take(queue: string, id: string, action: 'retry' | 'drop', signal: AbortSignal): Promise<boolean>;
}
