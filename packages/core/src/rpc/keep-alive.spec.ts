import { ManualClock } from '../clock/manual-clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { clientKeepAlive, KeepAliveWatch } from './keep-alive.js';

describe('the watch over a peer', () => {
  let clock: ManualClock;
  let busy: boolean;
  let pings: number;
  let lost: SkerryError[];
  let watch: KeepAliveWatch;

  beforeEach(() => {
    clock = new ManualClock();
    busy = false;
    pings = 0;
    lost = [];
    watch = new KeepAliveWatch(clock, clientKeepAlive, {
      peer: 'tcp://10.0.0.7:4101',
      busy: () => busy,
      ping: () => pings++,
      giveUp: (error) => {
        lost.push(error);
        watch.stop();
      },
    });
  });

  afterEach(() => {
    watch.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  test('asks after a second of silence while calls are open, and gives up after three more', async () => {
    busy = true;
    await clock.advance(2_000);
    expect(pings).toBe(1);
    await clock.advance(2_000);
    expect(lost).toEqual([]);
    await clock.advance(1_000);
    expect(lost).toEqual([expect.objectContaining({ code: 'SKERRY_RPC_CONNECTION_LOST' })]);
    expect(lost[0]!.message).toMatch(/tcp:\/\/10\.0\.0\.7:4101 was given up: nothing came for 4000 ms/);
    expect(pings).toBe(1);
  });

  test('takes anything that comes as a sign of life', async () => {
    busy = true;
    for (let second = 0; second < 60; second++) {
      if (second % 3 === 0) watch.heard();
      await clock.advance(1_000);
    }
    expect(lost).toEqual([]);
    expect(pings).toBeGreaterThan(10);
  });

  test('seldom asks a peer that nobody waits for', async () => {
    for (let second = 0; second < 60; second++) {
      await clock.advance(1_000);
      if (pings > second / 16) watch.heard();
    }
    expect(pings).toBeGreaterThan(1);
    expect(pings).toBeLessThan(5);
    expect(lost).toEqual([]);
  });

  test('does not blame the peer when it is this process that stood still', async () => {
    busy = true;
    await clock.advance(2_000);
    // A timer that comes an hour late is one tick: what the peer sent meanwhile is read before the next.
    expect(lost).toEqual([]);
    watch.heard();
    await clock.advance(1_000);
    expect(lost).toEqual([]);
  });
});
