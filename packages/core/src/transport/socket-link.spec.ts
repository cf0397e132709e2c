import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ManualClock } from '../clock/manual-clock.js';
import { Probe } from './conformance-probe.js';
import { defaultTransportLimits } from './driver.js';
import { SocketLink } from './socket-link.js';

let server: Server;
let near: Socket;
let sender: Probe;
let receiver: Probe;
let clock: ManualClock;
/** Bytes of each write so far. */
let writes: number[];

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [far] = (await once(server, 'connection')) as [Socket];
  await once(near, 'connect');
  clock = new ManualClock();
  sender = new Probe(new SocketLink(near, 'near', clock, defaultTransportLimits));
  receiver = new Probe(new SocketLink(far, 'far', clock, defaultTransportLimits));
  writes = [];
  const write = near.write.bind(near) as (...args: unknown[]) => boolean;
  near.write = (...args: unknown[]) => {
    writes.push((args[0] as Buffer).length);
    return write(...args);
  };
});
afterEach(async () => {
  sender.link.destroy();
  await Promise.all([sender.ended(), receiver.ended()]);
  server.close();
  await once(server, 'close');
  expect(clock.pendingTimers).toBe(0);
});

const send = (from: number, count: number, bytes = 1): void => {
  for (let i = from; i < from + count; i++) sender.link.send(Buffer.alloc(bytes, i));
};

test('the few frames of a turn leave in one write, after it', async () => {
  send(0, 15);
  expect(writes).toEqual([]);
  await receiver.untilFrames(15);
  expect(writes).toEqual([15 * 5]);
});

test('many leave as they come, so that the peer can begin, and the rest after the turn', async () => {
  send(0, 40);
  expect(writes).toEqual([16 * 5, 16 * 5]);
  await receiver.untilFrames(40);
  expect(writes).toEqual([16 * 5, 16 * 5, 8 * 5]);
  expect(receiver.frames.map(([first]) => first)).toEqual(Array.from({ length: 40 }, (_, i) => i));
});

test('nothing is written on top of what the system has no room for', async () => {
  receiver.link.pause();
  // More than the buffers of both sides take.
  send(0, 6, 3 * 1024 * 1024);
  await new Promise((resolve) => setImmediate(resolve));
  expect(near.writableLength).toBeGreaterThan(0);
  const before = writes.length;
  send(6, 100);
  await new Promise((resolve) => setImmediate(resolve));
  expect(writes.length).toBe(before);
  expect(sender.link.bufferedBytes).toBeGreaterThan(500);
  // Whoever takes nothing is given up, though earlier writes were taken.
  expect(clock.pendingTimers).toBe(1);
  receiver.link.resume();
  await receiver.untilFrames(106);
  expect(receiver.frames.map(([first]) => first)).toEqual(Array.from({ length: 106 }, (_, i) => i));
  expect(sender.link.bufferedBytes).toBe(0);
});
