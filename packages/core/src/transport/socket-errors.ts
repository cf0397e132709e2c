import type { Socket } from 'node:net';
import { SkerryError } from '../errors/skerry-error.js';
import type { FirstBytesOutcome } from './first-bytes.js';
import { preface, type PrefaceOutcome } from './preface.js';

export function listenFailed(address: string, cause: Error): SkerryError {
  return new SkerryError('SKERRY_TRANSPORT_LISTEN_FAILED', `cannot listen on ${address}: ${reasonOf(cause)}`, {
    cause,
  });
}

export function connectFailed(address: string, reason: string, cause?: Error): SkerryError {
  return new SkerryError('SKERRY_RPC_CONNECT_FAILED', `cannot connect to ${address}: ${reason}`, { cause });
}

export function badPreface(verb: 'accept' | 'connect to', peer: string, complaint: string): SkerryError {
  return new SkerryError(
    'SKERRY_TRANSPORT_BAD_PREFACE',
    `cannot ${verb} ${peer}: ${complaint} instead of ${JSON.stringify(preface.toString('latin1'))}; ` +
      'the native protocol wants a Skerry peer on both sides, and its own port or one that tells protocols apart',
  );
}

/** What is wrong with what a peer said, or did not say, first. */
export function complaint(
  outcome: Exclude<PrefaceOutcome, { kind: 'agreed' }> | Exclude<FirstBytesOutcome<never>, { kind: 'recognised' }>,
  timeoutMs: number,
): string {
  if (outcome.kind === 'wrong' || outcome.kind === 'unknown')
    return `it says ${JSON.stringify(outcome.received.toString('latin1'))}`;
  if (outcome.kind === 'silent') return `it did not say what it speaks within ${timeoutMs} ms`;
  return (
    ('cause' in outcome && outcome.cause && reasonOf(outcome.cause)) ||
    'it closed the connection before it said what it speaks'
  );
}

/** Trying several addresses of one name fails with an error that has no message of its own. */
export function reasonOf(cause: Error & { code?: string }): string {
  return cause.message || cause.code || cause.name;
}

/** A socket that nobody waits for any more may still report errors. */
export function ignoreErrors<S extends Socket>(socket: S): S {
  return socket.on('error', () => undefined);
}
