import type { CallError } from './call-error.js';
import { encodeData, frame, frameType, messageOverhead } from './frames.js';

/** What a call hears of its stream; the last is one of `end` and `failed`. */
export interface StreamEvents {
  /** @param last Nothing follows it: the handler answers once. */
  message(payload: Uint8Array, last: boolean): void;
  /** There are no more messages. */
  end(): void;
  /** @param started Whether work may have been begun. */
  failed(error: CallError, started: boolean): void;
  writable(): void;
}

/** What the streams of a connection have in common. */
export interface StreamGround {
  readonly windowBytes: number;
  send(frame: Uint8Array): void;
  release(stream: PageStream): void;
}

/** The caller's side of one call, with the credit of both directions. */
export class PageStream {
  over = false;
  private owed = 0;
  private sentEnd = false;

  /** @param credit What the server takes before it grants more. */
  constructor(
    readonly id: number,
    private readonly ground: StreamGround,
    readonly events: StreamEvents,
    private credit: number,
  ) {}

  /** Whether a message may be sent; one of any size may where anything may. */
  get writable(): boolean {
    return !this.over && !this.sentEnd && this.credit > 0;
  }

  /** OPEN has said it. */
  opened(payload: Uint8Array | undefined, end: boolean): void {
    if (payload) this.credit -= messageOverhead + payload.length;
    this.sentEnd = end;
  }

  send(payload: Uint8Array | undefined, end: boolean): void {
    if (this.over || this.sentEnd) return;
    this.opened(payload, end);
    this.ground.send(encodeData(this.id, payload, end));
  }

  granted(bytes: number): void {
    this.credit += bytes;
    if (this.writable) this.events.writable();
  }

  consumed(bytes: number): void {
    if (this.over) return;
    this.owed += messageOverhead + bytes;
    if (this.owed < this.ground.windowBytes / 2) return;
    this.ground.send(
      frame(frameType.credit, [
        [4, this.id],
        [4, this.owed],
      ]),
    );
    this.owed = 0;
  }

  /** @param reason 0 for given up, 1 for a deadline. */
  cancel(reason: 0 | 1): void {
    if (this.over) return;
    this.ground.send(
      frame(frameType.cancel, [
        [4, this.id],
        [1, reason],
      ]),
    );
    this.finish();
  }

  finish(): void {
    this.over = true;
    this.ground.release(this);
  }
}
