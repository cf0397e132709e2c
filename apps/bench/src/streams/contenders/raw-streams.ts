import { message, type Contender, type Received } from '../../pairs/contender.js';
import type { FrameCodec } from '../../peers/frame-codec.js';
import { connectFrames, serveFrames, type FrameSocket } from '../../peers/frames.js';

// How many are sent before looking whether there is room.
const atOnce = 64;

/**
 * One stream at a time. A frame of four bytes asks for so many items; any other is an item of a bidirectional stream, and is
 * sent back.
 */
export function rawStreams(codec: FrameCodec): Contender {
  return {
    serve: () =>
      serveFrames((frame, from) => {
        if (frame.length === 4) void sendItems(from, codec, frame.readUInt32BE());
        else from.send(codec.encode(codec.decode(frame)));
      }),
    async connect(where) {
      let take: (frame: Buffer) => void = () => undefined;
      const socket = await connectFrames(where, (frame) => take(frame));
      const receive = (items: number): Promise<Received> =>
        new Promise((resolve) => {
          let received = 0;
          take = (frame) => {
            const last = codec.decode(frame);
            if (++received === items) resolve({ items, last });
          };
        });
      return {
        serverStream(items) {
          const received = receive(items);
          const wish = Buffer.alloc(4);
          wish.writeUInt32BE(items);
          socket.send(wish);
          return received;
        },
        async bidirectional(items) {
          const received = receive(items);
          await sendItems(socket, codec, items);
          return received;
        },
      };
    },
  };
}

async function sendItems(socket: FrameSocket, codec: FrameCodec, items: number): Promise<void> {
  for (let sent = 1; sent <= items; sent++) {
    socket.send(codec.encode(message));
    if (sent % atOnce === 0) await socket.ready();
  }
}
