import assert from 'node:assert/strict';
import type { Runner, TransportHarness } from './conformance.js';
import { withPair } from './conformance-probe.js';

/** Frames arrive whole, in order, unchanged, within their limit. */
export function frameCases({ test }: Runner, harness: TransportHarness): void {
  test('frames arrive in order, whole, also empty ones', () =>
    withPair(harness, {}, async ({ near, far }) => {
      for (const text of ['one', '', 'three', '', '']) near.sendText(text);
      await far.untilFrames(5);
      assert.deepEqual(far.texts, ['one', '', 'three', '', '']);
    }));

  test('frames are never delivered within send', () =>
    withPair(harness, {}, async ({ near, far }) => {
      near.sendText('later');
      assert.equal(far.frames.length, 0);
      await far.untilFrames(1);
    }));

  test('10,000 small frames sent at once arrive in order', () =>
    withPair(harness, {}, async ({ near, far }) => {
      for (let i = 0; i < 10_000; i++) near.sendText(`frame ${i}`);
      await far.untilFrames(10_000);
      far.texts.forEach((text, i) => assert.equal(text, `frame ${i}`));
    }));

  test('both directions carry frames of all sizes at once', () =>
    withPair(harness, {}, async ({ near, far }) => {
      const sizes = [0, 1, 3, 4, 5, 4_095, 16_383, 16_384, 65_535, 65_536, 65_537, 1_000_000];
      const sent = sizes.flatMap((size) => [patterned(size), patterned(7)]);
      for (const frame of sent) {
        near.link.send(frame);
        far.link.send(frame);
      }
      await Promise.all([near.untilFrames(sent.length), far.untilFrames(sent.length)]);
      for (const side of [near, far]) {
        side.frames.forEach((frame, i) =>
          assert.ok(frame.equals(sent[i]!), `frame ${i} of ${sent[i]!.length} bytes changed`),
        );
      }
    }));

  test('a frame is delivered as it was when it left, and is the receiver’s own', () =>
    withPair(harness, {}, async ({ near, far }) => {
      const frame = Buffer.from('abc');
      near.link.send(frame);
      await far.untilFrames(1);
      frame.fill(0);
      assert.deepEqual(far.texts, ['abc']);
    }));

  test('a received frame keeps its bytes while others arrive', () =>
    withPair(harness, {}, async ({ near, far }) => {
      const sent = Array.from({ length: 200 }, (_, i) => patterned(1_000 + i));
      for (const frame of sent) {
        near.link.send(frame);
        await far.untilFrames(1);
      }
      await far.untilFrames(sent.length);
      far.frames.forEach((frame, i) => assert.ok(frame.equals(sent[i]!), `frame ${i} changed`));
    }));

  test('a frame at the limit passes', () =>
    withPair(harness, {}, async ({ near, far }) => {
      const frame = patterned(4 * 1024 * 1024 + 64 * 1024);
      near.link.send(frame);
      near.sendText('and on');
      await far.untilFrames(2);
      assert.ok(far.frames[0]!.equals(frame));
      assert.equal(far.texts[1], 'and on');
    }));

  test('a frame of 16 MB passes where the limit was raised', () => {
    const limits = { maxFrameBytes: 16 * 1024 * 1024 };
    return withPair(harness, { near: limits, far: limits }, async ({ near, far }) => {
      const frame = patterned(limits.maxFrameBytes);
      near.link.send(frame);
      far.link.send(frame);
      near.sendText('and on');
      await Promise.all([far.untilFrames(2), near.untilFrames(1)]);
      assert.ok(far.frames[0]!.equals(frame) && near.frames[0]!.equals(frame));
      assert.equal(far.texts[1], 'and on');
    });
  });

  test('sending a frame beyond the limit ends the link, and nothing of it arrives', () =>
    withPair(harness, { near: { maxFrameBytes: 1_000 } }, async ({ near, far }) => {
      near.link.send(Buffer.alloc(1_000));
      await far.untilFrames(1);
      near.link.send(Buffer.alloc(1_001));
      assert.equal(await near.ended(), 'SKERRY_TRANSPORT_FRAME_TOO_LARGE');
      assert.match(near.failure!.message, /1001 bytes.*1000 bytes/s);
      assert.equal(await far.ended(), 'SKERRY_RPC_CONNECTION_LOST');
      assert.equal(far.frames.length, 1);
    }));

  test('receiving a frame beyond the limit ends the link, after what came before it', () =>
    withPair(harness, { far: { maxFrameBytes: 1_000 } }, async ({ near, far }) => {
      near.link.send(Buffer.alloc(1_000));
      near.link.send(Buffer.alloc(1_001));
      near.link.send(Buffer.alloc(1));
      assert.equal(await far.ended(), 'SKERRY_TRANSPORT_FRAME_TOO_LARGE');
      assert.equal(far.frames.length, 1);
      assert.equal(await near.ended(), 'SKERRY_RPC_CONNECTION_LOST');
    }));
}

/** Bytes that differ from their neighbours, so that a shifted or swapped piece shows. */
export function patterned(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >>> 8)) & 0xff;
  return bytes;
}
