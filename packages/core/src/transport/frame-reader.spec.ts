import fc from 'fast-check';
import { patterned } from './conformance-frames.js';
import { FrameReader } from './frame-reader.js';
import { OutgoingFrames } from './outgoing-frames.js';

function wire(frames: readonly Uint8Array[]): Buffer {
  const outgoing = new OutgoingFrames();
  for (const frame of frames) outgoing.push(frame);
  const pieces: Uint8Array[] = [];
  for (let taken = outgoing.take(); taken.length > 0; taken = outgoing.take()) pieces.push(...taken);
  expect(outgoing.bytes).toBe(0);
  return Buffer.concat(pieces);
}

function reading(limit = 8 * 1024 * 1024): { reader: FrameReader; frames: Buffer[] } {
  const frames: Buffer[] = [];
  return { reader: new FrameReader(limit, (frame) => frames.push(frame)), frames };
}

describe('frames on the wire', () => {
  test('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 50 }), fc.nat(70_000).map(patterned)), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1 }),
        (sent, cuts) => {
          const { reader, frames } = reading();
          const bytes = wire(sent);
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const to = at + cuts[i % cuts.length]!;
            reader.push(bytes.subarray(at, to));
            at = to;
          }
          expect(reader.midFrame).toBe(false);
          expect(frames).toHaveLength(sent.length);
          frames.forEach((frame, i) => expect(frame.equals(sent[i]!)).toBe(true));
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  test('are views where a chunk holds them whole', () => {
    const { reader, frames } = reading();
    const chunk = wire([Buffer.from('one'), Buffer.from('two')]);
    reader.push(chunk);
    expect(frames.map((frame) => frame.buffer === chunk.buffer)).toEqual([true, true]);
  });

  test('of 1 MiB that arrive in single bytes are copied a few times, not a million times', () => {
    const { reader, frames } = reading();
    const bytes = wire([patterned(1024 * 1024)]);
    for (let at = 0; at < bytes.length; at++) reader.push(bytes.subarray(at, at + 1));
    expect(frames[0]!.equals(patterned(1024 * 1024))).toBe(true);
    // Half a terabyte of copying, if it were quadratic.
  });

  test('are refused by their length alone', () => {
    const { reader, frames } = reading(1_000);
    expect(reader.push(wire([Buffer.alloc(1_000)]))).toBeUndefined();
    expect(reader.push(Buffer.from([0, 0, 3]))).toBeUndefined();
    expect(reader.push(Buffer.from([0xe9]))).toBe(1_001);
    expect(reader.push(wire([Buffer.alloc(1)]))).toBeUndefined();
    expect(frames).toHaveLength(1);
  });

  test('of the largest length there is are refused as that', () => {
    const { reader } = reading();
    expect(reader.push(Buffer.alloc(4, 0xff))).toBe(2 ** 32 - 1);
    const bytewise = reading().reader;
    for (let i = 0; i < 3; i++) bytewise.push(Buffer.of(0xff));
    expect(bytewise.push(Buffer.of(0xff))).toBe(2 ** 32 - 1);
  });

  test('that stop midway are known to', () => {
    const { reader } = reading();
    reader.push(Buffer.from([0, 0]));
    expect(reader.midFrame).toBe(true);
    reader.push(Buffer.from([0, 2, 1]));
    expect(reader.midFrame).toBe(true);
    reader.push(Buffer.from([1]));
    expect(reader.midFrame).toBe(false);
  });
});
