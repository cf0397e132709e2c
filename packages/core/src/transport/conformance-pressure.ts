import assert from 'node:assert/strict';
import type { Runner, TransportHarness } from './conformance.js';
import { roundTrips, withPair } from './conformance-probe.js';

const chunk = 64 * 1024;
/** More than any transport, and the system below it, takes in by itself. */
const much = 48 * 1024 * 1024;

/** A peer that is slower than its sender. */
export function pressureCases({ test }: Runner, harness: TransportHarness): void {
  test('send says no from the high-water mark on, and drained says when there is room again', () =>
    withPair(harness, { near: { highWaterBytes: 10_000 } }, async ({ near, far, another }) => {
      assert.equal(near.link.send(Buffer.alloc(5_000)), true);
      assert.ok(near.link.bufferedBytes >= 5_000, `${near.link.bufferedBytes} bytes buffered`);
      assert.equal(near.link.send(Buffer.alloc(5_000)), false);
      assert.equal(near.link.send(Buffer.alloc(1)), false);
      assert.ok(near.link.bufferedBytes >= 10_001, `${near.link.bufferedBytes} bytes buffered`);
      await near.until(() => near.log.includes('drained'));
      assert.ok(near.link.bufferedBytes <= 5_000, `${near.link.bufferedBytes} bytes buffered`);
      await far.untilFrames(3);
      assert.equal(near.link.send(Buffer.alloc(1)), true);
      await far.untilFrames(4);
      await roundTrips(await another());
      assert.deepEqual(near.log, ['drained']);
    }));

  test('drained may send more at once, again and again', () =>
    withPair(harness, { near: { highWaterBytes: 10_000 } }, async ({ near, far }) => {
      let sent = 0;
      const pump = (): void => {
        while (sent < 1_000 && near.link.send(Buffer.from(`${sent++}`.padEnd(3_000))));
      };
      const drained = near.drained.bind(near);
      near.drained = () => {
        drained();
        pump();
      };
      pump();
      await far.untilFrames(1_000);
      far.texts.forEach((text, i) => assert.equal(Number(text), i));
    }));

  test('a paused receiver is left alone, then gets everything', () =>
    withPair(harness, {}, async ({ near, far, another }) => {
      far.link.pause();
      for (let sent = 0; sent < much; sent += chunk) near.link.send(Buffer.alloc(chunk, sent / chunk));
      const other = await another();
      await roundTrips(other);
      assert.ok(far.frames.length <= 2, `${far.frames.length} frames delivered to a paused receiver`);
      assert.ok(near.link.bufferedBytes > chunk, `only ${near.link.bufferedBytes} bytes held back`);
      assert.ok(!near.log.includes('drained'), 'drained while the receiver was paused');
      far.link.resume();
      await far.untilFrames(much / chunk);
      far.frames.forEach((frame, i) => assert.equal(frame[0], i & 0xff));
      await near.until(() => near.log.includes('drained'));
      assert.equal(near.link.bufferedBytes, 0);
    }));

  test('pausing works from within a frame, as often as one likes', () =>
    withPair(harness, {}, async ({ near, far, another }) => {
      const other = await another();
      for (let i = 0; i < 20; i++) near.link.send(Buffer.alloc(2 * chunk, i));
      far.onFrame = () => far.link.pause();
      for (let resumed = 0; far.frames.length < 20; resumed++) {
        assert.ok(resumed < 100, 'resumed 100 times, and not everything has arrived');
        far.link.resume();
        await roundTrips(other, 5);
      }
      far.frames.forEach((frame, i) => assert.equal(frame[0], i));
    }));

  test('a peer that takes nothing for too long is given up', () =>
    withPair(harness, { near: { stallTimeoutMs: 30_000 } }, async ({ near, far, clock, another }) => {
      far.link.pause();
      for (let sent = 0; sent < much; sent += chunk) near.link.send(Buffer.alloc(chunk));
      await roundTrips(await another());
      await clock.advance(29_000);
      assert.deepEqual(near.log, []);
      // What the system has taken meanwhile counts as progress.
      for (let tries = 0; tries < 100 && near.log.length === 0; tries++) await clock.advance(1_000);
      assert.equal(await near.ended(), 'SKERRY_TRANSPORT_PEER_STALLED');
      far.link.resume();
      await far.ended();
    }));

  test('a peer that takes something now and then is not given up', () =>
    withPair(harness, { near: { stallTimeoutMs: 30_000 } }, async ({ near, far, clock, another }) => {
      const other = await another();
      far.link.pause();
      for (let sent = 0; sent < much; sent += chunk) near.link.send(Buffer.alloc(chunk));
      far.onFrame = () => {
        if (far.frames.length % 64 === 0) far.link.pause();
      };
      while (far.frames.length < much / chunk) {
        far.link.resume();
        await roundTrips(other);
        await clock.advance(20_000);
      }
      assert.ok(!near.log.includes('closed'), near.failure?.message);
    }));

  test('more than may be buffered is too much, whatever the sender thinks', () =>
    withPair(harness, { near: { maxBufferedBytes: 1024 * 1024 } }, async ({ near, far }) => {
      far.link.pause();
      for (let sent = 0; sent < much; sent += chunk) near.link.send(Buffer.alloc(chunk));
      assert.equal(await near.ended(), 'SKERRY_TRANSPORT_PEER_STALLED');
      assert.match(near.failure!.message, /1048576/);
    }));

  test('a link without anything to send needs no timer', () =>
    withPair(harness, {}, async ({ near, far, clock, another }) => {
      near.sendText('hello');
      await far.untilFrames(1);
      await roundTrips(await another());
      assert.equal(clock.pendingTimers, 0);
    }));
}
