import type { Timer } from '../clock/clock.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Pacer } from './pacer.js';

class RecordingClock extends ManualClock {
  readonly background: boolean[] = [];

  override setTimer(delayMs: number, callback: () => void, background = false): Timer {
    this.background.push(background);
    return super.setTimer(delayMs, callback);
  }
}

function setUp() {
  const clock = new RecordingClock();
  const pacer = new Pacer(clock);
  let rested = 0;
  const rest = (ms: number): void => void pacer.rest(ms).then(() => rested++);
  return { clock, pacer, rest, rested: () => rested };
}

describe('a pacer', () => {
  test('rests for as long as it is told, without keeping the process alive', async () => {
    const { clock, rest, rested } = setUp();
    rest(1_000);
    await clock.advance(999);
    expect(rested()).toBe(0);
    await clock.advance(1);
    expect(rested()).toBe(1);
    expect(clock.background).toEqual([true]);
  });

  test('ends its rest when it is woken, and leaves no timer', async () => {
    const { clock, pacer, rest, rested } = setUp();
    rest(1_000);
    pacer.wake();
    await clock.settle();
    expect(rested()).toBe(1);
    expect(clock.pendingTimers).toBe(0);
    rest(1_000);
    await clock.settle();
    expect(rested()).toBe(1);
  });

  test('does not rest when it was woken before, once', async () => {
    const { clock, pacer, rest, rested } = setUp();
    pacer.wake();
    pacer.wake();
    rest(1_000);
    await clock.settle();
    expect(rested()).toBe(1);
    rest(1_000);
    await clock.settle();
    expect(rested()).toBe(1);
  });

  test('can be told to rest no longer than so much more', async () => {
    const { clock, pacer, rest, rested } = setUp();
    rest(1_000);
    await clock.advance(100);
    pacer.hasten(5_000);
    pacer.hasten(300);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(299);
    expect(rested()).toBe(0);
    await clock.advance(1);
    expect(rested()).toBe(1);
    pacer.hasten(0);
    rest(1_000);
    await clock.advance(999);
    expect(rested()).toBe(1);
    expect(clock.background).not.toContain(false);
  });
});
