import type { Clock, Timer } from '../clock/clock.js';

// A large message over a slow line is no attack: so much is slow, and less than this is none.
const slowestBytesPerMs = 64;

/** How far a reader has got. */
export interface ArrivingFrames {
  /** Part of a frame is there. */
  readonly midFrame: boolean;
  /** Frames that came whole. */
  readonly completed: number;
  /** Of the frame that is not whole, in bytes. */
  readonly arrivedBytes: number;
}

/**
 * Bounds how long one frame may take to arrive: a size limit alone lets a peer hold half a frame for ever. There is a timer
 * only while part of a frame is there, and one frame after the other is watched by the same.
 */
export class FrameTimer {
  private timer: Timer | undefined;
  /** Which frame is watched, by the number of those before it, and when its first byte came. */
  private watched = -1;
  private since = 0;

  /** @param over Called when a frame takes longer than `timeoutMs`, and a millisecond for every 64 bytes that came. */
  constructor(
    private readonly clock: Clock,
    private readonly reader: ArrivingFrames,
    private readonly timeoutMs: number,
    private readonly over: () => void,
  ) {}

  /** Something has arrived. */
  look(): void {
    const { clock, reader, timeoutMs } = this;
    if (!reader.midFrame) {
      this.stop();
      return;
    }
    if (reader.completed !== this.watched) {
      this.watched = reader.completed;
      this.since = clock.now();
    }
    this.timer ??= clock.setTimer(timeoutMs, this.check, true);
  }

  /** Nothing is read for now, or any more. The time begins anew with the next {@link look}. */
  stop(): void {
    this.watched = -1;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private readonly check = (): void => {
    // The frame that the timer was set for may long be whole, and another one on its way.
    const allowedMs = this.timeoutMs + Math.floor(this.reader.arrivedBytes / slowestBytesPerMs);
    const leftMs = this.since + allowedMs - this.clock.now();
    this.timer = leftMs > 0 ? this.clock.setTimer(leftMs, this.check, true) : undefined;
    if (leftMs <= 0) this.over();
  };
}
