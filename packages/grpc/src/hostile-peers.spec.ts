import { compressionAlgorithms } from '@grpc/grpc-js';
import { eventually, heldBytes, residentBytes } from '@skerry-private/test-kit';
import type { AppEvent, Application } from '@skerry/core';
import { BareClient } from './fixtures/bare-client.js';
import { callHeaders, flag, frameType, RawPeer } from './fixtures/raw-http2.js';
import { seen, startShop } from './fixtures/shop.js';
import { framed } from './wire/message-reader.js';

const hello = Buffer.from('0a03416461', 'hex');
const mostBytes = 64 * 1024;

let shop: Application & { readonly target: string };
let other: BareClient;
const events: AppEvent[] = [];
const refusals = (): string[] => events.flatMap((each) => (each.type === 'peer-refused' ? [each.error.message] : []));

beforeAll(async () => {
  shop = await startShop(
    { server: { requestTimeoutMs: 400, idleTimeoutMs: 400, maxConcurrentStreams: 50 } },
    { maxMessageBytes: mostBytes, onEvent: (event) => void events.push(event) },
  );
  other = BareClient.at(shop.target);
});
afterEach(async () => {
  // Whatever one peer does, others are served.
  const { status } = await other.call('/shop.Greeter/hello', [hello]);
  expect(status.code).toBe(0);
});
afterAll(async () => {
  other.close();
  await shop.stop();
});

async function raw(): Promise<RawPeer> {
  events.length = 0;
  return RawPeer.connect(shop.target);
}

/** What one flood may take of the processor, in ms, with what it takes to send it. */
const mostCpuMs = 1_000;

/** Writes until the connection is closed; fails when it never is, and when that takes more than {@link mostCpuMs}. */
async function flood(peer: RawPeer, write: (round: number) => void, most: number): Promise<number> {
  let round = 0;
  const before = process.cpuUsage();
  while (!peer.isClosed && round < most) {
    for (let i = 0; i < 100; i++) write(round++);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await peer.closed;
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(mostCpuMs);
  return round;
}

test('calls that are given up at once, over and over, end the connection', async () => {
  const peer = (await raw()).greet();
  const before = heldBytes();
  const block = callHeaders('/shop.Greeter/wait');
  const rounds = await flood(
    peer,
    (round) => {
      const stream = 2 * round + 1;
      peer.send(frameType.headers, flag.endHeaders, stream, block);
      peer.send(frameType.data, flag.endStream, stream, framed(hello));
      peer.send(frameType.reset, 0, stream, Buffer.from([0, 0, 0, 8]));
    },
    200_000,
  );
  expect(rounds).toBeLessThan(200_000);
  expect(heldBytes() - before).toBeLessThan(150 * 1024 * 1024);
  await eventually(() => expect(seen.running).toBe(0));
});

test('headers that never end', async () => {
  const peer = (await raw()).greet();
  peer.send(frameType.headers, 0, 1, callHeaders('/shop.Greeter/hello'));
  const part = Buffer.alloc(1_000, 0);
  const rounds = await flood(peer, () => peer.send(frameType.continuation, 0, 1, part), 100_000);
  expect(rounds).toBeLessThan(100_000);
});

test('pings without end', async () => {
  const peer = (await raw()).greet();
  await flood(peer, () => peer.send(frameType.ping, 0, 0, Buffer.alloc(8)), 100_000);
  expect(refusals().join()).toMatch(/sent \d+ pings within/);
});

test('settings without end', async () => {
  const peer = (await raw()).greet();
  await flood(peer, () => peer.send(frameType.settings, 0, 0, Buffer.from([0, 3, 0, 0, 0, 100])), 100_000);
  expect(refusals().join()).toMatch(/sent \d+ settings within/);
});

test('headers that are too large', async () => {
  const peer = (await raw()).greet();
  const large = callHeaders('/shop.Greeter/hello', { 'x-large': 'a'.repeat(15_000), 'x-more': 'a'.repeat(15_000) });
  // In frames of the size that everyone takes.
  peer.send(frameType.headers, 0, 1, large.subarray(0, 16_000));
  peer.send(frameType.continuation, flag.endHeaders, 1, large.subarray(16_000));
  await eventually(() => expect(peer.isClosed || peer.of(frameType.reset).length > 0).toBe(true));
  peer.socket.destroy();
});

test('metadata of too many entries is refused, with the reason', async () => {
  const metadata = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`x-${at}`, 'a']));
  const { status } = await other.call('/shop.Greeter/hello', [hello], metadata);
  expect(status).toMatchObject({ code: 8, details: expect.stringContaining('70 entries') as string });
});

test('a message that claims to be large is refused before it comes', async () => {
  const peer = (await raw()).greet();
  peer.send(frameType.headers, flag.endHeaders, 1, callHeaders('/shop.Greeter/hello'));
  peer.send(frameType.data, 0, 1, Buffer.from([0, 0x40, 0, 0, 0]));
  await eventually(() => expect(peer.of(frameType.headers)).toHaveLength(1));
  // And it need not send the rest.
  await eventually(() => expect(peer.of(frameType.reset)).toHaveLength(1));
  peer.socket.destroy();
  const { status } = await other.call('/shop.Greeter/hello', [Buffer.alloc(mostBytes + 1)]);
  expect(status).toMatchObject({
    code: 8,
    details: expect.stringContaining(`${mostBytes} bytes are allowed`) as string,
  });
});

test.each(['gzip', 'deflate'] as const)(
  'a message that %s makes small is refused when it grows too large',
  async (name) => {
    const client = BareClient.at(shop.target, { 'grpc.default_compression_algorithm': compressionAlgorithms[name] });
    const before = residentBytes(process.pid);
    const bomb = Buffer.alloc(20 * 1024 * 1024);
    const { status } = await client.call('/shop.Greeter/hello', [bomb]);
    expect(status).toMatchObject({ code: 8, details: expect.stringContaining('bytes are allowed') as string });
    expect(residentBytes(process.pid) - before).toBeLessThan(150 * 1024 * 1024);
    client.close();
  },
);

test('what is not compressed as it says', async () => {
  const peer = (await raw()).greet();
  const headers = callHeaders('/shop.Greeter/hello', { 'grpc-encoding': 'gzip' });
  peer.send(frameType.headers, flag.endHeaders, 1, headers);
  peer.send(frameType.data, flag.endStream, 1, framed(Buffer.from('no gzip'), true));
  await eventually(() => expect(peer.of(frameType.headers)).toHaveLength(1));
  peer.socket.destroy();
});

test('peers that do not introduce themselves are let go', async () => {
  const peer = await raw();
  peer.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  await peer.closed;
  expect(refusals().join()).toContain('did not introduce itself within 400 ms');
});

test('so are those without calls, in a friendly way', async () => {
  const peer = (await raw()).greet();
  await peer.closed;
  // Without an error.
  expect(peer.of(frameType.goAway)[0]?.payload.readUInt32BE(4)).toBe(0);
  expect(refusals()).toEqual([]);
});

test('a call whose request does not come ends', async () => {
  const peer = (await raw()).greet();
  peer.send(frameType.headers, flag.endHeaders, 1, callHeaders('/shop.Greeter/hello'));
  await eventually(() => expect(peer.of(frameType.headers)).toHaveLength(1));
  await peer.closed;
});

test('what is no HTTP/2 after its greeting', async () => {
  const peer = await raw();
  peer.socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.alloc(500, 0xff)]));
  await peer.closed;
  expect(peer.of(frameType.headers)).toEqual([]);
});

test.each([
  ['GET', '/shop.Greeter/hello', 'application/grpc'],
  ['POST', '/shop.Greeter/hello', 'text/html'],
  ['POST', '/nonsense', 'application/grpc'],
  ['POST', '/shop.Greeter/hello', 'application/grpc+unheard'],
])('%s %s of %s is answered', async (method, path, type) => {
  const peer = (await raw()).greet();
  const block = callHeaders(path, { ':method': method, 'content-type': type });
  peer.send(frameType.headers, flag.endHeaders | flag.endStream, 1, block);
  await eventually(() => expect(peer.of(frameType.headers)).toHaveLength(1));
  peer.socket.destroy();
});
