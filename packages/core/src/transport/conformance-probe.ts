import assert from 'node:assert/strict';
import { ManualClock } from '../clock/manual-clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { TransportHarness } from './conformance.js';
import type { Link, LinkEvents, TransportDriver, TransportLimits } from './driver.js';

/** One side of a link that writes down what happens to it, and lets a test wait for that. */
export class Probe implements LinkEvents {
  readonly frames: Buffer[] = [];
  readonly log: ('frame' | 'drained' | 'closed')[] = [];
  failure: SkerryError | undefined;
  /** Runs for each frame, within its event. */
  onFrame?: (bytes: Buffer) => void;
  progress?: () => void;
  private readonly waiting = new Set<{ met: () => boolean; resolve: () => void }>();

  constructor(readonly link: Link) {
    link.start(this);
  }

  frame(bytes: Buffer): void {
    this.frames.push(bytes);
    this.happened('frame');
    this.onFrame?.(bytes);
  }

  drained(): void {
    this.happened('drained');
  }

  closed(error?: SkerryError): void {
    this.failure = error;
    this.happened('closed');
  }

  get texts(): string[] {
    return this.frames.map((frame) => frame.toString());
  }

  sendText(text: string): boolean {
    return this.link.send(Buffer.from(text));
  }

  /** Resolves once `met`, which is asked again whenever something happens to this side. */
  until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve();
    return new Promise((resolve) => this.waiting.add({ met, resolve }));
  }

  untilFrames(count: number): Promise<void> {
    return this.until(() => this.frames.length >= count);
  }

  /** Waits for the end, and checks that it is told once and last. Resolves with its code; `undefined` when in order. */
  async ended(): Promise<string | undefined> {
    await this.until(() => this.log.includes('closed'));
    for (let tick = 0; tick < 10; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
    assert.equal(
      this.log.indexOf('closed'),
      this.log.length - 1,
      `closed must be told once and last: ${this.log.slice(-5)}`,
    );
    assert.equal(this.link.bufferedBytes, 0, 'a link that is gone holds no bytes');
    return this.failure?.code;
  }

  private happened(what: 'frame' | 'drained' | 'closed'): void {
    this.log.push(what);
    for (const each of this.waiting) {
      if (!each.met()) continue;
      this.waiting.delete(each);
      each.resolve();
    }
  }
}

/** Two joined sides: `near` has connected, `far` has accepted. */
export interface Pair {
  readonly near: Probe;
  readonly far: Probe;
}

export interface PairLimits {
  readonly near?: Partial<TransportLimits>;
  readonly far?: Partial<TransportLimits>;
}

/** A signal of its own for each connect: nobody's patience ends. */
export const never = (): AbortSignal => new AbortController().signal;

/**
 * Joins two sides for the time of `body`, and breaks whatever is left of them.
 *
 * @param body `clock` is both sides'; `another` joins two further sides.
 */
export async function withPair(
  harness: TransportHarness,
  limits: PairLimits,
  body: (pair: Pair & { clock: ManualClock; another: () => Promise<Pair> }) => Promise<void>,
): Promise<void> {
  const clock = new ManualClock();
  const near = harness.open(clock, limits.near);
  const far = harness.open(clock, limits.far);
  const pairs: Pair[] = [];
  const another = async (): Promise<Pair> => {
    const pair = await join(harness, near, far);
    pairs.push(pair);
    return pair;
  };
  try {
    await body({ ...(await another()), clock, another });
  } finally {
    for (const probe of pairs.flatMap((pair) => [pair.near, pair.far])) {
      probe.link.destroy();
      await probe.ended();
    }
    assert.equal(clock.pendingTimers, 0, 'no timer outlives its link');
  }
}

async function join(harness: TransportHarness, near: TransportDriver, far: TransportDriver): Promise<Pair> {
  let accept!: (probe: Probe) => void;
  const accepted = new Promise<Probe>((resolve) => (accept = resolve));
  const listener = await far.listen(harness.anyAddress, (link) => accept(new Probe(link)), fail);
  const link = await near.connect(listener.address, never());
  const pair = { near: new Probe(link), far: await accepted };
  await listener.close();
  return pair;
}

/** Passes a frame to and fro: what was on its way before on another link of the same process has arrived, or is held up. */
export async function roundTrips(pair: Pair, count = 50): Promise<void> {
  const before = pair.near.frames.length;
  pair.far.onFrame = (bytes) => pair.far.link.send(bytes);
  pair.near.onFrame = (bytes) => pair.near.frames.length < before + count && pair.near.link.send(bytes);
  pair.near.sendText('round and round');
  await pair.near.untilFrames(before + count);
}

function fail(error: SkerryError): void {
  throw error;
}
