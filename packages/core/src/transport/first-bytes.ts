import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';
import { mostFirstBytes } from './port-protocol.js';

/** Says whether a connection that begins so is its own; `undefined` while it cannot tell. */
export interface Recogniser {
  recognises(first: Buffer): boolean | undefined;
  /** How many of the bytes that it was recognised by are not put back. Default 0. */
  readonly consumes?: number;
}

export type FirstBytesOutcome<R> =
  /** Its bytes are still to be read from the socket, which is paused. */
  | { readonly kind: 'recognised'; readonly by: R }
  /** Nobody knows it. */
  | { readonly kind: 'unknown'; readonly received: Buffer }
  /** It said nothing, or too little to tell, in time. */
  | { readonly kind: 'silent' }
  /** It left. */
  | { readonly kind: 'gone' };

/**
 * Finds out whose protocol an accepted peer speaks. Calls back once, and leaves the socket open whatever the outcome.
 * Returns what gives up.
 */
export function readFirstBytes<R extends Recogniser>(
  socket: Socket,
  candidates: readonly R[],
  clock: Clock,
  timeoutMs: number,
  done: (outcome: FirstBytesOutcome<R>) => void,
): () => void {
  let first: Buffer | undefined;

  const data = (chunk: Buffer): void => {
    first = first ? Buffer.concat([first, chunk]) : chunk;
    const shown = first.length > mostFirstBytes ? first.subarray(0, mostFirstBytes) : first;
    let undecided = false;
    for (const candidate of candidates) {
      const verdict = candidate.recognises(shown);
      if (verdict === true) {
        socket.pause();
        // Reading from the socket within its own event would leave it waiting for ever: what is consumed is not put back.
        const { consumes = 0 } = candidate;
        if (consumes < first.length) socket.unshift(first.subarray(consumes));
        finish({ kind: 'recognised', by: candidate });
        return;
      }
      undecided ||= verdict === undefined;
    }
    if (undecided && first.length < mostFirstBytes) return;
    socket.pause();
    finish({ kind: 'unknown', received: shown.subarray(0, 32) });
  };
  const gone = (): void => finish({ kind: 'gone' });

  const release = (): void => {
    timer.cancel();
    socket.off('data', data).off('error', gone).off('end', gone).off('close', gone);
  };
  const finish = (outcome: FirstBytesOutcome<R>): void => {
    release();
    done(outcome);
  };
  const timer = clock.setTimer(timeoutMs, () => finish({ kind: 'silent' }), true);
  socket.on('data', data).on('error', gone).on('end', gone).on('close', gone);
  return release;
}
