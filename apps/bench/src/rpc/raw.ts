import { connect, createServer, type Socket } from 'node:net';
import { message, type Contender } from './contender.js';

/** Length-prefixed frames over a socket, one write per turn, answers in order: what a protocol can at most be. */
export function rawFrames(codec: { encode(value: unknown): Buffer; decode(bytes: Buffer): unknown }): Contender {
  return {
    serve: () =>
      new Promise((resolve) => {
        const server = createServer((socket) => {
          const send = batched(socket);
          onFrames(socket, (frame) => send(codec.encode(codec.decode(frame))));
        });
        server.listen(0, '127.0.0.1', () => resolve(String((server.address() as { port: number }).port)));
      }),
    connect: (where) =>
      new Promise((resolve) => {
        const waiting: ((value: unknown) => void)[] = [];
        const socket = connect(Number(where), '127.0.0.1', () => {
          socket.setNoDelay(true);
          const send = batched(socket);
          onFrames(socket, (frame) => waiting.shift()!(codec.decode(frame)));
          resolve(
            () =>
              new Promise((answer) => {
                waiting.push(answer);
                send(codec.encode(message));
              }),
          );
        });
      }),
  };
}

const encoded = Buffer.from(JSON.stringify(message));

export const bytes = {
  encode: (value: unknown) => (Buffer.isBuffer(value) ? value : encoded),
  decode: (frame: Buffer) => frame,
};
export const json = {
  encode: (value: unknown) => Buffer.from(JSON.stringify(value)),
  decode: (frame: Buffer) => JSON.parse(frame.toString()) as unknown,
};

function batched(socket: Socket): (frame: Buffer) => void {
  let frames: Buffer[] = [];
  const flush = (): void => {
    socket.write(Buffer.concat(frames));
    frames = [];
  };
  return (frame) => {
    const head = Buffer.allocUnsafe(4);
    head.writeUInt32BE(frame.length);
    if (frames.length === 0) process.nextTick(flush);
    frames.push(head, frame);
  };
}

function onFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    while (all.length - at >= 4 && all.length - at - 4 >= all.readUInt32BE(at)) {
      const end = at + 4 + all.readUInt32BE(at);
      take(all.subarray(at + 4, end));
      at = end;
    }
    rest = all.subarray(at);
  });
}
