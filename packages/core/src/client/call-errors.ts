import { SkerryError, type SkerryErrorOptions } from '../errors/skerry-error.js';
import type { NodeRecord } from '../registry/node-record.js';
import { addressOf } from './offered.js';

/** An attempt that failed, as the final error lists it in its details: the last twenty of them. */
export interface FailedAttempt {
  readonly node: string;
  readonly address: string;
  readonly code: string;
  readonly message: string;
}

// A patient call may have failed a thousand times, in the same way.
const mostListed = 20;

/** What is known about a call when it fails on this side of the wire. */
export interface CallFacts {
  readonly service: string;
  readonly handler: string;
  readonly traceId: string;
  /** How long the call was allowed to take, and took, in ms. */
  readonly allowedMs: number;
  readonly tookMs: number;
  readonly failed: readonly FailedAttempt[];
  /** Where the running attempt went; absent between attempts. */
  readonly node?: NodeRecord | undefined;
  /** A node of the service that was known once. */
  readonly lastSeen?: NodeRecord | undefined;
}

/** The deadline came while a node was at work. */
export function deadlineExceeded(facts: CallFacts): SkerryError {
  return failure(
    'SKERRY_RPC_DEADLINE_EXCEEDED',
    `deadline of ${ms(facts.allowedMs)} exceeded after ${ms(facts.tookMs)}, attempt ${facts.failed.length + 1}, ${at(facts)}`,
    facts,
  );
}

/** Nothing has happened on a stream for too long. */
export function streamIdle(idleMs: number, facts: CallFacts): SkerryError {
  return failure(
    'SKERRY_RPC_STREAM_IDLE',
    `nothing came for ${ms(idleMs)}, after ${ms(facts.tookMs)}, ${at(facts)}`,
    facts,
  );
}

/** What makes the messages of a client stream threw, or gave what cannot be encoded. */
export function uploadFailed(cause: unknown, facts: CallFacts): SkerryError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return failure('SKERRY_RPC_CANCELLED', `the messages to send could not be had: ${why}`, facts, cause);
}

/** The deadline came while a connection was being made. */
export function connectTimedOut(facts: CallFacts): SkerryError {
  return failure(
    'SKERRY_RPC_CONNECT_FAILED',
    `${at(facts)} did not accept a connection within the call's ${ms(facts.allowedMs)}, attempt ${facts.failed.length + 1}`,
    facts,
  );
}

/** A connection that may still be made, too late for this call. */
export function slowToConnect(node: NodeRecord, afterMs: number): SkerryError {
  return new SkerryError(
    'SKERRY_RPC_CONNECT_FAILED',
    `${addressOf(node)} did not accept a connection within ${ms(afterMs)}`,
  );
}

/** The node's own answer, with what failed before it came. */
export function withAttempts(error: SkerryError, failed: readonly FailedAttempt[]): SkerryError {
  if (failed.length < 2) return error;
  // It was made for this call alone, out of what came by the wire.
  (error as { details: SkerryError['details'] }).details = { ...error.details, attempts: failed.slice(-mostListed) };
  return error;
}

/** Nothing ran, nothing may have run, and there is no time to try once more. */
export function attemptsFailed(last: SkerryError, facts: CallFacts): SkerryError {
  const { failed, allowedMs } = facts;
  return failure(
    last.code,
    `${last.message}; attempt ${failed.length} on node ${failed.at(-1)!.node}, given up at the deadline of ${ms(allowedMs)}`,
    facts,
    last,
  );
}

/**
 * The node was lost, or refused, and sending the call elsewhere is not safe or not possible. Where it may have run it is not
 * retryable, whatever the last error says: doing the work again may do it twice.
 *
 * @param why Continues "the call was not sent again: ".
 */
export function notSentAgain(last: SkerryError, facts: CallFacts, why: string, mayHaveRun: boolean): SkerryError {
  const { node, address } = facts.failed.at(-1)!;
  const state = mayHaveRun ? 'the handler may have run, and the' : 'the handler has not run, and the';
  const what = last.status === 'RESOURCE_EXHAUSTED' ? 'refused' : 'was lost during';
  return failure(
    last.code,
    `node ${node} at ${address} ${what} attempt ${facts.failed.length}: ${last.message}; ${state} call was not sent again: ${why}`,
    facts,
    last,
    mayHaveRun ? { retryable: false } : {},
  );
}

/** Nobody to call was found until the deadline. */
export function noNode(
  facts: CallFacts,
  registry: SkerryError | undefined,
  unmatched: string | undefined,
): SkerryError {
  const { lastSeen, allowedMs, service } = facts;
  const attempts = facts.failed.length === 0 ? 'no attempt was made' : `attempt ${facts.failed.length} was the last`;
  const blame = registry ? `; the registry fails: ${registry.message}` : '';
  if (unmatched !== undefined) {
    const message = `no node of '${service}' could be chosen within ${ms(allowedMs)}, ${attempts}: ${unmatched}${blame}`;
    return failure('SKERRY_RPC_NO_NODE', message, facts, registry);
  }
  const seen = lastSeen ? `; the last one seen, ${lastSeen.id} at ${addressOf(lastSeen)}, is gone` : '';
  return failure(
    'SKERRY_RPC_NO_NODE',
    `no node of '${service}' was found within ${ms(allowedMs)}, ${attempts}${seen}${blame}. Is it running, with the same registry? \`skerry services\` lists what is.`,
    facts,
    registry,
  );
}

export function cancelled(reason: unknown, facts: CallFacts): SkerryError {
  const why = SkerryError.is(reason) ? `: ${reason.message}` : '';
  return failure('SKERRY_RPC_CANCELLED', `given up by the caller after ${ms(facts.tookMs)}${why}`, facts, reason);
}

function failure(
  code: string,
  message: string,
  facts: CallFacts,
  cause?: unknown,
  more: Pick<SkerryErrorOptions, 'retryable'> = {},
): SkerryError {
  const { service, handler, failed, node, lastSeen, traceId } = facts;
  const where = node?.id ?? failed.at(-1)?.node ?? lastSeen?.id;
  const running = node !== undefined;
  return new SkerryError(code, `Cannot call ${service}.${handler}: ${message}`, {
    traceId,
    ...(cause === undefined ? {} : { cause }),
    ...(SkerryError.is(cause) && cause.code === code ? { status: cause.status, retryable: cause.retryable } : {}),
    ...more,
    details: {
      service,
      handler,
      ...(where ? { node: where } : {}),
      attempt: failed.length + (running ? 1 : 0),
      ...(failed.length > 0 ? { attempts: failed.slice(-mostListed) } : {}),
    },
  });
}

function at({ service, handler, node }: CallFacts): string {
  return `${service}.${handler} on node ${node?.id ?? 'unknown'} at ${node ? addressOf(node) : 'unknown'}`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
