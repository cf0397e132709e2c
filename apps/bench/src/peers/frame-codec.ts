import { message } from '../pairs/contender.js';

/** What becomes of a value on its way through a frame. */
export interface FrameCodec {
  encode(value: unknown): Buffer;
  decode(frame: Buffer): unknown;
}

const encoded = Buffer.from(JSON.stringify(message));

/** No codec: the message's bytes are made once, and answers are left as they came. */
export const bytes: FrameCodec = {
  encode: (value) => (Buffer.isBuffer(value) ? value : encoded),
  decode: (frame) => frame,
};

export const json: FrameCodec = {
  encode: (value) => Buffer.from(JSON.stringify(value)),
  decode: (frame) => JSON.parse(frame.toString()) as unknown,
};
