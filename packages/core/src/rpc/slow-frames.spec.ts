import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock } from '../clock/manual-clock.js';
import { TcpTransport } from '../transport/tcp.js';
import { gone, Recorder } from './conformance-peers.js';
import { RpcConnection } from './connection.js';
import { encodeHello } from './control-json.js';
import { encodeData } from './frames.js';

const wire = (frame: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
};

test('a reply that is slow to arrive is a sign of life, however long its frame is under way', async () => {
  const clock = new ManualClock();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const address = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connecting = new TcpTransport(clock).connect(address, new AbortController().signal);
  const [socket] = await accepted;
  socket.resume().on('error', () => undefined);
  socket.write('SKERRY1\n');
  const link = await connecting;
  let progress = 0;
  const start = link.start.bind(link);
  link.start = (events) => start({ ...events, progress: () => (progress++, events.progress?.()) });
  const keepAlive = { busyMs: 1_000, timeoutMs: 3_000 };
  const connection = new RpcConnection(link, { role: 'client', clock, hello: { codec: 'json' }, keepAlive });
  socket.write(wire(encodeHello({ codec: 'json', windowBytes: 1_000, maxStreams: 10, maxMessageBytes: 1_000 })));
  await connection.ready();
  const call = new Recorder();
  connection.open('slow.reply', { timeoutMs: 60_000 }, undefined, true, call);

  const reply = wire(encodeData(1, Buffer.from('at last'), true));
  for (let second = 0; second < 9; second++) {
    socket.write(reply.subarray(second, second + 1));
    await eventually(() => expect(progress).toBe(second + 1), { everyMs: 1 });
    await clock.advance(1_000);
    expect(call.log).toEqual([]);
  }
  socket.write(reply.subarray(9));
  await call.outcome();
  expect(call.messages).toEqual(['at last']);

  // And one that stops in the middle is none.
  const lost = new Recorder();
  connection.open('slow.reply', { timeoutMs: 60_000 }, undefined, true, lost);
  socket.write(reply.subarray(0, 5));
  await eventually(async () => {
    await clock.advance(1_000);
    expect(lost.log).toEqual(['lost SKERRY_RPC_CONNECTION_LOST']);
  });
  await gone(connection);
  socket.destroy();
  server.close();
});
