import { message, type Message } from '../pairs/contender.js';

/** What is published: the message of the other sections, and when that was. */
export interface Placed extends Message {
  /** By the clock of the machine, which all its processes share, in whole microseconds. */
  readonly at: number;
}

/** Called with each message by the contender's handler, before it acknowledges. */
export type Handled = (message: unknown) => void;

/** Resolves when the engine has confirmed that it took the message. */
export type Publish = (message: Placed) => Promise<unknown>;

/** One way from a publisher to a subscriber. */
export interface BrokerContender {
  /** Handles messages until the process ends. Resolves when everything that is published from now on is handled. */
  consume(ground: Ground, handled: Handled): Promise<void>;
  connect(ground: Ground): Promise<Publish>;
}

/** An engine that reaches the subscribers of its own application only. */
export interface OneApplication {
  start(handled: Handled): Promise<Publish>;
}

/** What belongs to one contender in one run. */
export interface Ground {
  /** Begins the names of all that is made of a server. */
  readonly name: string;
  /** Of RabbitMQ. */
  readonly url: string;
  /** For files; it is gone after the run. */
  readonly folder: string;
}

export const topic = 'orders';

/** Messages that were published and are not confirmed yet. */
export const inFlight = 100;
/** Messages that are delivered and not acknowledged yet. */
export const prefetch = 100;

export function placedNow(): Placed {
  return { ...message, at: machineUs() };
}

export function machineUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
