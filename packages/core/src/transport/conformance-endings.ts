import assert from 'node:assert/strict';
import { SkerryError } from '../errors/skerry-error.js';
import type { Runner, TransportHarness } from './conformance.js';
import { roundTrips, withPair } from './conformance-probe.js';

const chunk = 64 * 1024;

/** How links end: in order, abruptly, and from within. */
export function endingCases({ test }: Runner, harness: TransportHarness): void {
  test('close sends what is queued, then both sides end in order', () =>
    withPair(harness, {}, async ({ near, far }) => {
      for (let i = 0; i < 1_000; i++) near.sendText(`${i}`.padEnd(5_000));
      near.link.close();
      near.link.close();
      assert.equal(await far.ended(), undefined);
      assert.equal(far.frames.length, 1_000);
      assert.equal(await near.ended(), undefined);
    }));

  test('close works from either side, also while nothing was ever sent', () =>
    withPair(harness, {}, async ({ near, far }) => {
      far.link.close();
      assert.equal(await near.ended(), undefined);
      assert.equal(await far.ended(), undefined);
    }));

  test('close on both sides at once, both sending, ends both in order', () =>
    withPair(harness, {}, async ({ near, far }) => {
      for (const side of [near, far]) {
        for (let i = 0; i < 100; i++) side.link.send(Buffer.alloc(chunk));
        side.link.close();
      }
      assert.equal(await near.ended(), undefined);
      assert.equal(await far.ended(), undefined);
    }));

  test('a side that has closed gets nothing more, and everything that it sent arrives', () =>
    withPair(harness, {}, async ({ near, far, another }) => {
      far.onFrame = (bytes) => far.link.send(bytes);
      for (let i = 0; i < 100; i++) near.link.send(Buffer.alloc(chunk, i));
      near.link.close();
      near.sendText('after the end');
      assert.equal(await far.ended(), undefined);
      assert.equal(await near.ended(), undefined);
      await roundTrips(await another());
      far.frames.forEach((frame, i) => assert.equal(frame[0], i));
      assert.deepEqual([near.frames.length, far.frames.length], [0, 100]);
    }));

  test('of what was on its way when a link broke, the peer gets whole frames in order, or none', () =>
    withPair(harness, {}, async ({ near, far, another }) => {
      for (let i = 0; i < 300; i++) near.link.send(Buffer.alloc(chunk, i));
      await far.untilFrames(1);
      near.link.destroy();
      assert.equal(await far.ended(), 'SKERRY_RPC_CONNECTION_LOST');
      await near.ended();
      await roundTrips(await another());
      far.frames.forEach((frame, i) => assert.ok(frame.length === chunk && frame[0] === (i & 0xff), `frame ${i}`));
    }));

  test('what arrives after close is dropped, and does not keep the link open', () =>
    withPair(harness, {}, async ({ near, far }) => {
      for (let i = 0; i < 300; i++) far.link.send(Buffer.alloc(chunk));
      near.sendText('last words');
      near.link.close();
      assert.equal(await near.ended(), undefined);
      assert.equal(await far.ended(), undefined);
      assert.equal(near.frames.length, 0);
      assert.deepEqual(far.texts, ['last words']);
    }));

  test('close ends a paused link as well', () =>
    withPair(harness, {}, async ({ near, far }) => {
      near.link.pause();
      for (let i = 0; i < 300; i++) far.link.send(Buffer.alloc(chunk));
      near.link.close();
      near.link.pause();
      assert.equal(await near.ended(), undefined);
      assert.equal(await far.ended(), undefined);
    }));

  test('close gives up on a peer that never reads', () =>
    withPair(harness, {}, async ({ near, far, clock, another }) => {
      far.link.pause();
      for (let i = 0; i < 700; i++) near.link.send(Buffer.alloc(chunk));
      near.link.close();
      await roundTrips(await another());
      for (let tries = 0; tries < 100 && near.log.length === 0; tries++) await clock.advance(30_000);
      assert.equal(await near.ended(), 'SKERRY_TRANSPORT_PEER_STALLED');
    }));

  test('close waits no longer for a peer that takes a little now and then', () =>
    withPair(harness, { near: { closeTimeoutMs: 5_000 } }, async ({ near, far, clock, another }) => {
      const other = await another();
      far.link.pause();
      far.onFrame = () => far.link.pause();
      for (let i = 0; i < 700; i++) near.link.send(Buffer.alloc(chunk));
      near.link.close();
      for (let second = 0; second < 5; second++) {
        assert.deepEqual(near.log, []);
        far.link.resume();
        await roundTrips(other, 5);
        await clock.advance(1_000);
      }
      assert.equal(await near.ended(), 'SKERRY_TRANSPORT_PEER_STALLED');
      assert.match(near.failure!.message, /5000 ms/);
      assert.ok(far.frames.length >= 1, 'nothing was taken');
      far.onFrame = undefined;
      far.link.resume();
      await far.ended();
    }));

  test('destroy drops what is queued; the peer knows that it lost something', () =>
    withPair(harness, {}, async ({ near, far }) => {
      const why = new SkerryError('SKERRY_RPC_PROTOCOL', 'enough');
      for (let i = 0; i < 300; i++) near.link.send(Buffer.alloc(chunk));
      near.link.destroy(why);
      near.link.destroy();
      assert.equal(await near.ended(), 'SKERRY_RPC_PROTOCOL');
      assert.equal(near.failure, why);
      assert.equal(await far.ended(), 'SKERRY_RPC_CONNECTION_LOST');
    }));

  test('an idle link that is destroyed is lost for the peer, not closed', () =>
    withPair(harness, {}, async ({ near, far }) => {
      far.link.destroy();
      assert.equal(await far.ended(), undefined);
      assert.equal(await near.ended(), 'SKERRY_RPC_CONNECTION_LOST');
      assert.ok(near.failure!.message.includes(near.link.peer), near.failure!.message);
    }));

  test('destroy overtakes close', () =>
    withPair(harness, {}, async ({ near, far }) => {
      far.link.pause();
      for (let i = 0; i < 700; i++) near.link.send(Buffer.alloc(chunk));
      near.link.close();
      near.link.destroy();
      await near.ended();
      far.link.resume();
      await far.ended();
      assert.ok(far.frames.length < 700, 'everything arrived although it was dropped');
    }));

  test('destroy overtakes close at any moment', async () => {
    for (let moment = 0; moment < 6; moment++) {
      await withPair(harness, {}, async ({ near, far }) => {
        near.link.close();
        for (let tick = 0; tick < moment; tick++) await new Promise<void>((resolve) => process.nextTick(resolve));
        near.link.destroy();
        await near.ended();
        await far.ended();
      });
    }
  });

  test('destroy from within a frame is the end of frames', () =>
    withPair(harness, {}, async ({ near, far }) => {
      far.onFrame = () => far.link.destroy();
      for (let i = 0; i < 100; i++) near.sendText(`${i}`);
      await far.ended();
      assert.deepEqual(far.texts, ['0']);
      await near.ended();
    }));

  test('close from within a frame is the end of frames', () =>
    withPair(harness, {}, async ({ near, far }) => {
      far.onFrame = () => far.link.close();
      for (let i = 0; i < 100; i++) near.sendText(`${i}`);
      assert.equal(await far.ended(), undefined);
      assert.equal(await near.ended(), undefined);
      assert.deepEqual(far.texts, ['0']);
    }));

  test('a link that is gone ignores everything', () =>
    withPair(harness, {}, async ({ near, far }) => {
      near.link.close();
      await near.ended();
      await far.ended();
      for (const { link } of [near, far]) {
        assert.equal(link.send(Buffer.alloc(10)), true);
        link.pause();
        link.resume();
        link.close();
        link.destroy(new SkerryError('SKERRY_RPC_PROTOCOL', 'too late'));
        assert.equal(link.bufferedBytes, 0);
      }
      assert.equal(await near.ended(), undefined);
      assert.equal(await far.ended(), undefined);
    }));
}
