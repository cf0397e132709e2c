import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.js';

/** What each side says first, the connecting one before the accepting one: the protocol and its version. */
export const preface = Buffer.from('SKERRY1\n', 'latin1');

/** The native protocol, by its first bytes. */
export const withPreface = {
  consumes: preface.length,

  recognises(first: Buffer): boolean | undefined {
    const known = Math.min(first.length, preface.length);
    if (preface.compare(first, 0, known, 0, known) !== 0) return false;
    return known === preface.length ? true : undefined;
  },
};

export type PrefaceOutcome =
  /** The peer said it. What came after it is still to be read from the socket, which is paused. */
  | { readonly kind: 'agreed' }
  /** It said something else. */
  | { readonly kind: 'wrong'; readonly received: Buffer }
  /** It said nothing, or not all of it, in time. */
  | { readonly kind: 'silent' }
  /** It left. */
  | { readonly kind: 'gone'; readonly cause?: Error };

/** Reads the peer's preface. Calls back once, and leaves the socket open whatever the outcome. Returns what gives up. */
export function expectPreface(
  socket: Socket,
  clock: Clock,
  timeoutMs: number,
  done: (outcome: PrefaceOutcome) => void,
): () => void {
  let matched = 0;

  const data = (chunk: Buffer): void => {
    const wanted = Math.min(chunk.length, preface.length - matched);
    if (preface.compare(chunk, 0, wanted, matched, matched + wanted) !== 0) {
      finish({ kind: 'wrong', received: Buffer.concat([preface.subarray(0, matched), chunk.subarray(0, 32)]) });
      return;
    }
    matched += wanted;
    if (matched < preface.length) return;
    socket.pause();
    if (wanted < chunk.length) socket.unshift(chunk.subarray(wanted));
    finish({ kind: 'agreed' });
  };
  const failed = (cause: Error): void => finish({ kind: 'gone', cause });
  const gone = (): void => finish({ kind: 'gone' });

  const release = (): void => {
    timer.cancel();
    socket.off('data', data).off('error', failed).off('end', gone).off('close', gone);
  };
  const finish = (outcome: PrefaceOutcome): void => {
    release();
    done(outcome);
  };
  const timer = clock.setTimer(timeoutMs, () => finish({ kind: 'silent' }), true);
  socket.on('data', data).on('error', failed).on('end', gone).on('close', gone);
  return release;
}
