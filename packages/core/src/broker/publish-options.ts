import { SkerryError } from '../errors/skerry-error.js';
import type { BrokerCapabilities } from './driver.js';
import { enginesThat } from './engines.js';

/** How one message is published. */
export interface MessageOptions {
  /** Messages with the same one keep their order, where a subscription asks for it. At most 255 bytes. Default: none. */
  readonly key?: string;
  /** How long nobody shall get it, in ms. Default 0. */
  readonly delayMs?: number;
  /** How long it may wait to be handled, in ms, its delay included. Default: as long as the engine keeps it. */
  readonly expireMs?: number;
  /** Reach the subscriber's `Delivery.headers`. Lower-case keys. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Names the message, so that publishing it again is no second message to who deduplicates. At most 255 bytes. Default: a new
   * one.
   */
  readonly messageId?: string;
}

/** How one or many messages are published. */
export interface PublishCallOptions {
  /** Survives what the engine promises, see its capability `durable`; otherwise less, where that is faster. Default `true`. */
  readonly persistent?: boolean;
  /** A topic that nobody has ever subscribed to is an error, `SKERRY_BROKER_UNROUTED`. Default: it is counted, and told once. */
  readonly mandatory?: boolean;
  /** How long the engine may take to take responsibility, in ms; never longer than what the running handler has left. Default 5,000. */
  readonly timeoutMs?: number;
  /** Stops waiting; the message may have been taken. */
  readonly signal?: AbortSignal;
}

// What the narrowest of the engines carries.
const mostNameBytes = 255;
const longestMs = 2 ** 31;

/** Where something is published, for errors. */
export interface PublishPlace {
  /** Continues "cannot": `publish to orders.placed`. */
  readonly what: string;
  readonly engine: string;
  readonly capabilities: BrokerCapabilities;
}

/**
 * Checks all that is asked of one message before anything is sent. Throws `SKERRY_OPTION_INVALID` for what means nothing, and
 * `SKERRY_BROKER_UNSUPPORTED` for what the engine cannot do.
 */
export function checkPublishOptions(
  { key, delayMs = 0, expireMs, messageId }: MessageOptions,
  { mandatory }: PublishCallOptions,
  place: PublishPlace,
): void {
  const { what, capabilities } = place;
  for (const [name, value] of Object.entries({ key, messageId })) checkName(name, value, what);
  checkMs('delayMs', delayMs, what);
  if (expireMs !== undefined) {
    checkMs('expireMs', expireMs, what);
    if (delayMs > 0 && expireMs <= delayMs) {
      throw invalid(what, `its delayMs of ${delayMs} ends when its expireMs of ${expireMs} is over; give it longer`);
    }
  }
  if (delayMs > capabilities.maxDelayMs) {
    const can = (other: BrokerCapabilities): boolean => delayMs <= other.maxDelayMs;
    throw unsupported(place, `${what} with a delay of ${delayMs} ms`, 'maxDelayMs', can);
  }
  if (mandatory) need(place, 'mandatory', delayMs, 'mandatory');
  if (expireMs !== undefined) need(place, 'expiry', delayMs, 'expireMs');
}

/** Throws `SKERRY_OPTION_INVALID`. */
export function checkCallOptions({ timeoutMs }: PublishCallOptions, what: string): void {
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs < longestMs)) {
    throw invalid(what, `its timeoutMs is ${timeoutMs}; give milliseconds, more than 0`);
  }
}

/** Throws `SKERRY_BROKER_MESSAGE_TOO_LARGE`. */
export function checkSize(bytes: number, { what, engine, capabilities }: PublishPlace): void {
  const limit = capabilities.maxMessageBytes;
  if (bytes <= limit) return;
  const message = `cannot ${what}: the message is ${bytes} bytes, and the ${engine} broker takes ${limit}`;
  throw new SkerryError('SKERRY_BROKER_MESSAGE_TOO_LARGE', message, { details: { bytes, limit } });
}

/** @param what Continues "cannot". @param can Whether another engine could. */
export function unsupported(
  { engine, capabilities }: Pick<PublishPlace, 'engine' | 'capabilities'>,
  what: string,
  capability: keyof BrokerCapabilities,
  can: (other: BrokerCapabilities) => boolean,
): SkerryError {
  const able = enginesThat(can, engine);
  const has = capabilities[capability];
  const lacks = has ? `has the capability ${capability} only as ${String(has)}` : `lacks the capability ${capability}`;
  const others = able.length > 0 ? `${able.join(', ')} can` : 'no engine of Skerry can';
  return new SkerryError(
    'SKERRY_BROKER_UNSUPPORTED',
    `cannot ${what}: the ${engine} broker ${lacks}; ${others}, as \`skerry broker capabilities\` shows`,
    { details: { engine, capability, engines: able } },
  );
}

function need(place: PublishPlace, capability: 'mandatory' | 'expiry', delayMs: number, option: string): void {
  const enough = (can: BrokerCapabilities): boolean => can[capability] === true || (!!can[capability] && delayMs === 0);
  if (enough(place.capabilities)) return;
  const delayed = delayMs > 0 ? ' and a delay' : '';
  throw unsupported(place, `${place.what} with ${option}${delayed}`, capability, enough);
}

function checkName(name: string, value: string | undefined, what: string): void {
  if (value === undefined) return;
  const bytes = typeof value === 'string' ? Buffer.byteLength(value) : 0;
  if (bytes > 0 && bytes <= mostNameBytes) return;
  const found = typeof value === 'string' ? `has ${bytes} bytes` : `is a ${typeof value}`;
  throw invalid(what, `its ${name} ${found}; give text of 1 to ${mostNameBytes} bytes`);
}

function checkMs(name: string, value: number, what: string): void {
  if (!(typeof value === 'number' && value >= 0 && value < longestMs))
    throw invalid(what, `its ${name} is ${value}; give milliseconds, 0 or more`);
}

function invalid(what: string, why: string): SkerryError {
  return new SkerryError('SKERRY_OPTION_INVALID', `Cannot ${what}: ${why}.`);
}
