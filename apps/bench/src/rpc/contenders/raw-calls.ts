import { message, type Contender } from '../../pairs/contender.js';
import type { FrameCodec } from '../../peers/frame-codec.js';
import { connectFrames, serveFrames } from '../../peers/frames.js';

/** Answers come in the order of the calls: not even a number tells them apart. */
export function rawCalls(codec: FrameCodec): Contender {
  return {
    serve: () => serveFrames((frame, from) => from.send(codec.encode(codec.decode(frame)))),
    async connect(where) {
      const waiting: ((value: unknown) => void)[] = [];
      const socket = await connectFrames(where, (frame) => waiting.shift()!(codec.decode(frame)));
      return {
        call: () =>
          new Promise((answer) => {
            waiting.push(answer);
            socket.send(codec.encode(message));
          }),
      };
    },
  };
}
