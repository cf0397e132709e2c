import type { Failure } from '../broker/driver.js';
import { SkerryError } from '../errors/skerry-error.js';
import { readFailure, record, unpack, type PackedMessage } from './packed-message.js';

/** The service that every application with an inbox serves; its handler `deliver` takes what publishers bring. */
export const inboxService = 'skerry.inbox';
export const deliverEndpoint = `${inboxService}.deliver`;
/** Its handlers by which subscribers speak to publishers. */
export const learnEndpoint = `${inboxService}.learn`;
export const waitingEndpoint = `${inboxService}.waiting`;

/** One message for one subscription. The answer comes when the subscriber has settled it. */
export interface DeliverRequest {
  /** The id of the subscription's node. */
  readonly to: string;
  readonly attempt: number;
  readonly message: PackedMessage;
}

/** A subscription has begun. The answer comes when what is published from then on reaches it. */
export interface LearnRequest {
  /** The topic or pattern. */
  readonly on: string;
  /** Of the subscription's node. */
  readonly id: string;
}

/** How much waits at a publisher. */
export interface WaitingRequest {
  /** As `lineName` has it. */
  readonly line: string;
}

export interface WaitingAnswer {
  /** Which store this is: several processes may share one, and each counts all that is in it. */
  readonly store: string;
  /** In the store, in anybody's hands or not. */
  readonly entries: number;
  /** That this process is bringing to somebody. */
  readonly flying: number;
}

// The longest that a timer can wait.
const mostDelayMs = 2 ** 31 - 1;

/** What became of a delivery. */
export type Answer =
  /** It was handled. */
  | { readonly outcome: 'ack' }
  | { readonly outcome: 'retry'; readonly delayMs: number; readonly failure: Failure }
  /** Nobody could handle it; `keep` it aside or not. */
  | { readonly outcome: 'dead-letter'; readonly keep: boolean; readonly failure: Failure }
  /** The subscription ended before it was settled. */
  | { readonly outcome: 'release' }
  /** It was not handed over: the subscription has as much in its hands as it takes. */
  | { readonly outcome: 'busy' }
  /** It was not handed over: there is no such subscription here, or not any more. */
  | { readonly outcome: 'gone' };

/** Throws `SKERRY_CODEC_DECODE_FAILED` for what no node answers: it comes from strangers. */
export function readAnswer(value: unknown): Answer {
  const { outcome, delayMs, keep, failure } = record(value);
  switch (outcome) {
    case 'ack':
    case 'release':
    case 'busy':
    case 'gone':
      return { outcome };
    case 'retry':
      return {
        outcome,
        delayMs: Math.min(mostDelayMs, Math.max(0, Number(delayMs) || 0)),
        failure: readFailure(failure),
      };
    case 'dead-letter':
      return { outcome, keep: keep === true, failure: readFailure(failure) };
    default:
      throw new SkerryError('SKERRY_CODEC_DECODE_FAILED', `a node of the inbox answered ${JSON.stringify(outcome)}`);
  }
}

/** Throws as {@link readAnswer}. */
export function readRequest(value: unknown): { to: string; attempt: number; message: ReturnType<typeof unpack> } {
  const { to, attempt, message } = record(value);
  return { to: String(to), attempt: Math.max(1, Number(attempt) || 1), message: unpack(message) };
}

/** Throws as {@link readAnswer}. */
export function readLearn(value: unknown): LearnRequest {
  const { on, id } = record(value);
  return { on: String(on), id: String(id) };
}

/** Throws as {@link readAnswer}. */
export function readWaiting(value: unknown): WaitingRequest {
  return { line: String(record(value)['line']) };
}

/** Throws as {@link readAnswer}. */
export function readWaitingAnswer(value: unknown): WaitingAnswer {
  const { store, entries, flying } = record(value);
  const count = (given: unknown): number => Math.max(0, Math.floor(Number(given)) || 0);
  return { store: String(store), entries: count(entries), flying: count(flying) };
}
