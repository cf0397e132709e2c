import {
  ManualClock,
  resolveTlsOptions,
  SystemClock,
  TlsCredentials,
  type Listener,
  type SkerryError,
} from '@skerry/core';
import { CertificateAuthority, openHandles, type OpenHandles } from '@skerry-private/test-kit';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { clientFrame, handshake, opcode, RawPeer } from '../fixtures/raw-peer.js';
import { MessageBounds } from './message-bounds.js';
import { parseWebSocketAddress } from './websocket-address.js';
import { WebSocketTransport } from './websocket-transport.js';

const never = new AbortController().signal;
let clock: ManualClock;
let refusals: SkerryError[];
let listener: Listener | undefined;
let handles: OpenHandles;

beforeAll(() => void (handles = openHandles()));
beforeEach(() => {
  clock = new ManualClock();
  refusals = [];
});
afterEach(() => listener?.close());
afterAll(() => handles.nothingMore());

async function listen(address = 'ws://127.0.0.1:0/frames'): Promise<number> {
  const echo = { drained: () => undefined, closed: () => undefined };
  listener = await new WebSocketTransport(clock).listen(
    address,
    (link) => link.start({ ...echo, frame: (bytes) => void link.send(bytes) }),
    (error) => refusals.push(error),
  );
  return parseWebSocketAddress(listener.address, 'ws').port;
}

test.each([
  ['another path', handshake({ subprotocol: 'skerry.1' }), '404'],
  ['no subprotocol', handshake({ path: '/frames' }), '400'],
  ['a page', handshake({ path: '/frames', subprotocol: 'skerry.1', headers: ['origin: http://127.0.0.1'] }), '403'],
  ['an ordinary request', 'GET /frames HTTP/1.1\r\nhost: x\r\n\r\n', '426'],
  ['a request with a body', 'POST /frames HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}', '426'],
  ['no proper HTTP', 'GET nonsense\r\n\r\n', '400'],
])('turns away %s, and says why', async (_, request, status) => {
  const peer = await RawPeer.connect(await listen());
  peer.socket.write(request);
  expect(await peer.until(/\r\n\r\n/)).toContain(`HTTP/1.1 ${status}`);
  peer.socket.end();
  await peer.closed;
  expect(refusals).toMatchObject([{ code: 'SKERRY_TRANSPORT_BAD_PREFACE' }]);
});

test('turns away who speaks something else, and who says nothing, or half of it', async () => {
  const port = await listen();
  for (const said of ['SKERRY1\n', 'SSH-2.0-x\r\n']) {
    const peer = await RawPeer.connect(port);
    peer.socket.write(said);
    await peer.closed;
  }
  const silent = await RawPeer.connect(port);
  const half = await RawPeer.connect(port);
  half.socket.write('GET /frames HTTP/1.1\r\nhost:');
  const whole = await RawPeer.open(port, { path: '/frames', subprotocol: 'skerry.1' });
  whole.socket.write(clientFrame(opcode.binary, 'echo'));
  await whole.until(/echo/);
  await clock.advance(5_000);
  await Promise.all([silent.closed, half.closed]);
  expect(refusals.map(({ code }) => code)).toEqual(Array(4).fill('SKERRY_TRANSPORT_BAD_PREFACE'));
  expect(whole.socket.destroyed).toBe(false);
  whole.socket.write(clientFrame(opcode.text, 'text'));
  await whole.until(/send binary messages$/);
  // It does not say its own end.
  await clock.advance(5_000);
  expect(await whole.closeCode()).toBe(1003);
});

test('a connect says what it found when it reaches a stranger, and gives up on who does not answer', async () => {
  const answers: string[] = ['HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n', '220 smtp ready\r\n'];
  const plain = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n';
  answers.push(`${plain}sec-websocket-accept: wrong\r\n\r\n`);
  const sockets: { destroy(): void }[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    const answer = answers.shift();
    if (answer) socket.write(answer);
    else socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/frames`;
  for (let i = 0; i < 3; i++) {
    const connecting = new WebSocketTransport(clock).connect(address, never);
    await expect(connecting).rejects.toMatchObject({ code: 'SKERRY_TRANSPORT_BAD_PREFACE' });
  }
  const mute = new WebSocketTransport(clock).connect(address, never);
  const failed = expect(mute).rejects.toMatchObject({ code: 'SKERRY_RPC_CONNECT_FAILED' });
  await once(server, 'connection');
  await clock.advance(5_000);
  await failed;
  for (const socket of sockets) socket.destroy();
  server.close();
  expect(clock.pendingTimers).toBe(0);
});

test('wss is verified: by its authority, and by its name', async () => {
  const authority = await CertificateAuthority.create();
  const real = new SystemClock();
  const credentials = (options: Parameters<typeof resolveTlsOptions>[0]): TlsCredentials =>
    new TlsCredentials(resolveTlsOptions(options), real);
  const own = credentials({
    ...(await authority.issue({ names: ['orders'], addresses: [] })),
    ca: authority.certificate,
  });
  listener = await new WebSocketTransport(real, {}, own).listen(
    'wss://127.0.0.1:0',
    (link) => link.destroy(),
    () => undefined,
  );
  const { address } = listener;
  const connect = (tls: TlsCredentials) => new WebSocketTransport(real, {}, tls).connect(address, never);
  const stranger = (await CertificateAuthority.create()).certificate;
  await expect(connect(credentials({ ca: stranger }))).rejects.toMatchObject({ code: 'SKERRY_TLS_UNTRUSTED' });
  await expect(connect(credentials({ ca: authority.certificate }))).rejects.toMatchObject({
    code: 'SKERRY_TLS_UNTRUSTED',
  });
  const named = credentials({ ca: authority.certificate, serverName: 'orders' });
  const link = await connect(named);
  await new Promise<void>((resolve) =>
    link.start({ frame: () => undefined, drained: () => undefined, closed: () => resolve() }),
  );
});

test('wss is verified by the service that is called, where services have names of their own', async () => {
  const authority = await CertificateAuthority.create();
  const real = new SystemClock();
  const credentials = (options: Parameters<typeof resolveTlsOptions>[0]): TlsCredentials =>
    new TlsCredentials(resolveTlsOptions({ ca: authority.certificate, ...options }), real);
  const own = credentials(await authority.issue({ uris: ['spiffe://shop.example/orders'] }));
  listener = await new WebSocketTransport(real, {}, own).listen(
    'wss://127.0.0.1:0',
    (link) => link.destroy(),
    () => undefined,
  );
  const transport = new WebSocketTransport(real, {}, credentials({ serverName: 'spiffe://shop.example/{service}' }));
  const connect = (service?: string) => transport.connect(listener!.address, never, service);
  await expect(connect('payments')).rejects.toMatchObject({
    code: 'SKERRY_TLS_UNTRUSTED',
    message: expect.stringContaining('it is spiffe://shop.example/orders, not spiffe://shop.example/payments'),
  });
  await expect(connect()).rejects.toMatchObject({ code: 'SKERRY_TLS_CONFIG_INVALID' });
  const link = await connect('orders');
  await new Promise<void>((resolve) =>
    link.start({ frame: () => undefined, drained: () => undefined, closed: () => resolve() }),
  );
});

test('addresses have the ports of HTTP where they name none', () => {
  expect(parseWebSocketAddress('ws://shop.example/ws', 'ws')).toMatchObject({ port: 80, path: '/ws' });
  expect(parseWebSocketAddress('wss://[::1]', 'wss')).toMatchObject({ host: '::1', port: 443, path: '/' });
  expect(() => parseWebSocketAddress('ws://shop.example/ws?token=1', 'ws')).toThrow(
    expect.objectContaining({ code: 'SKERRY_TRANSPORT_ADDRESS_INVALID' }),
  );
});

test('the bounds of messages are found however they are cut', () => {
  const long = clientFrame(opcode.binary, Buffer.alloc(70_000));
  const stream = Buffer.concat([
    clientFrame(opcode.binary, 'one'),
    clientFrame(opcode.text, 'x', { final: false }),
    clientFrame(opcode.ping, 'y'),
    clientFrame(opcode.continuation, 'z'.repeat(200)),
    long,
    clientFrame(opcode.binary),
  ]);
  for (const size of [1, 2, 7, 100, 65_536, stream.length]) {
    const bounds = new MessageBounds();
    for (let at = 0; at < stream.length; at += size) bounds.push(stream.subarray(at, at + size));
    expect(bounds).toMatchObject({ completed: 4, midFrame: false, arrivedBytes: 0, closed: false });
    bounds.push(long.subarray(0, 20));
    expect(bounds).toMatchObject({ midFrame: true, arrivedBytes: 20, announcedBytes: 70_000 });
    bounds.push(long.subarray(20));
    bounds.push(clientFrame(opcode.close));
    expect(bounds.closed).toBe(true);
  }
});
