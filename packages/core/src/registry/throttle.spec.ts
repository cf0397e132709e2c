import { ManualClock } from '../clock/manual-clock.js';
import { Throttle } from './throttle.js';

function setUp() {
  const clock = new ManualClock();
  const passed: [ms: number, value: string][] = [];
  const begun = clock.now();
  const throttle = new Throttle<string>(clock, 100, (value) => passed.push([clock.now() - begun, value]));
  return { clock, passed, throttle };
}

describe('a throttle', () => {
  test('passes the first on at once, and of the others the last when the pause is over', async () => {
    const { clock, passed, throttle } = setUp();
    throttle.offer('a');
    await clock.advance(10);
    throttle.offer('b');
    await clock.advance(10);
    throttle.offer('c');
    await clock.advance(200);
    throttle.offer('d');
    expect(passed).toEqual([
      [0, 'a'],
      [100, 'c'],
      [220, 'd'],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('drops what was overtaken, and makes the next wait', async () => {
    const { clock, passed, throttle } = setUp();
    throttle.offer('a');
    throttle.offer('b');
    await clock.advance(50);
    throttle.overtaken();
    throttle.offer('c');
    await clock.advance(99);
    expect(passed).toEqual([[0, 'a']]);
    await clock.advance(1);
    expect(passed.at(-1)).toEqual([150, 'c']);
  });

  test('forgets what it holds', async () => {
    const { clock, passed, throttle } = setUp();
    throttle.offer('a');
    throttle.offer('b');
    throttle.forget();
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(1_000);
    expect(passed).toEqual([[0, 'a']]);
  });
});
