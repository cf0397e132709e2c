import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** Length-prefixed frames over a socket, with one write for all frames of a turn: what a protocol can at most be. */
export class FrameSocket {
  private frames: Buffer[] = [];
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly socket: Socket,
    take: (frame: Buffer, from: FrameSocket) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.read(chunk, (frame) => take(frame, this)));
    // The other side was ended: so will this one be.
    socket.on('error', () => undefined);
  }

  send(frame: Buffer): void {
    const head = Buffer.allocUnsafe(4);
    head.writeUInt32BE(frame.length);
    if (this.frames.length === 0) process.nextTick(() => this.flush());
    this.frames.push(head, frame);
  }

  /** Resolves when more may be sent without heaping it up. */
  async ready(): Promise<void> {
    // Past the flush of what was sent in this turn.
    await new Promise(setImmediate);
    if (this.socket.writableNeedDrain) await once(this.socket, 'drain');
  }

  private flush(): void {
    this.socket.write(Buffer.concat(this.frames));
    this.frames = [];
  }

  private read(chunk: Buffer, take: (frame: Buffer) => void): void {
    const all = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (all.length - at >= 4 && all.length - at - 4 >= all.readUInt32BE(at)) {
      const end = at + 4 + all.readUInt32BE(at);
      take(all.subarray(at + 4, end));
      at = end;
    }
    this.rest = all.subarray(at);
  }
}

/** Serves frames on a free port, which it gives as text. */
export async function serveFrames(take: (frame: Buffer, from: FrameSocket) => void): Promise<string> {
  const server = createServer((socket) => void new FrameSocket(socket, take)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

export async function connectFrames(port: string, take: (frame: Buffer) => void): Promise<FrameSocket> {
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  return new FrameSocket(socket, take);
}
