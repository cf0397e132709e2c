import { once } from 'node:events';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock } from '../clock/manual-clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import { Probe } from './conformance-probe.js';
import type { Listener } from './driver.js';
import { parseHttpAddress } from './http-address.js';
import { HttpTransport } from './http.js';

const never = new AbortController().signal;

describe('an http upgrade', () => {
  let clock: ManualClock;
  let listener: Listener;
  let probes: Probe[];
  let refusals: SkerryError[];
  let sockets: Socket[];
  let servers: Server[];

  const listen = async (address = 'http://127.0.0.1:0'): Promise<void> => {
    listener = await transport().listen(
      address,
      (link) => probes.push(new Probe(link)),
      (error) => refusals.push(error),
    );
  };
  const transport = (): HttpTransport => new HttpTransport('http', clock, undefined);
  const reach = async (address = listener.address): Promise<Probe> => {
    const near = new Probe(await transport().connect(address, never));
    await eventually(() => expect(probes.length).toBeGreaterThan(0));
    const far = probes.at(-1)!;
    probes.push(near);
    near.sendText('there');
    await far.untilFrames(1);
    far.sendText('and back');
    await near.untilFrames(1);
    return near;
  };
  const stranger = async (): Promise<{ socket: Socket; closed: Promise<string> }> => {
    const { host, port } = parseHttpAddress(listener.address, 'http');
    const socket = connect({ host, port });
    sockets.push(socket);
    let text = '';
    const closed = new Promise<string>((resolve) =>
      socket
        .on('error', () => undefined)
        .on('data', (bytes) => (text += bytes.toString()))
        .once('close', () => resolve(text)),
    );
    await once(socket, 'connect');
    return { socket, closed };
  };
  const serve = async (server: Server): Promise<string> => {
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  beforeEach(() => {
    clock = new ManualClock();
    [probes, refusals, sockets, servers] = [[], [], [], []];
  });

  afterEach(async () => {
    await listener?.close();
    for (const { link } of probes) link.destroy();
    await Promise.all(probes.map((probe) => probe.ended()));
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close().closeAllConnections();
    await eventually(() => expect(clock.pendingTimers).toBe(0));
  });

  test('takes the frames that came with the request', async () => {
    await listen();
    const { socket } = await stranger();
    socket.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c, Skerry\r\n\r\n\0\0\0\x02hi',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: skerry\r\n\r\n',
    );
    await probes[0]!.untilFrames(1);
    expect(probes[0]!.texts).toEqual(['hi']);
  });

  test('passes a reverse proxy', async () => {
    await listen();
    const behind = parseHttpAddress(listener.address, 'http');
    const proxy = createServer();
    proxy.on('upgrade', (asked, socket: Socket, head: Buffer) => {
      const forwarded = httpRequest({ host: behind.host, port: behind.port, path: '/', headers: asked.headers });
      forwarded.on('upgrade', (answer, inner: Socket, innerHead: Buffer) => {
        socket.write(`HTTP/1.1 101 OK\r\nConnection: upgrade\r\nUpgrade: ${answer.headers.upgrade}\r\n\r\n`);
        socket.write(innerHead);
        inner.write(head);
        inner
          .on('error', () => undefined)
          .pipe(socket)
          .on('error', () => undefined)
          .pipe(inner);
        inner.on('close', () => socket.destroy());
        socket.on('close', () => inner.destroy());
      });
      forwarded.end();
    });
    const address = await serve(proxy);
    const near = await reach(`${address}/ingress/orders`);
    expect(near.link.peer).toBe(`${address}/ingress/orders`);
    near.link.close();
    expect(await near.ended()).toBeUndefined();
    expect(await probes[0]!.ended()).toBeUndefined();
    // A proxy that breaks does not look like an end in order.
    const lost = await reach(`${address}/ingress/orders`);
    proxy.closeAllConnections();
    probes.at(-2)!.link.destroy();
    expect(await lost.ended()).toBe('SKERRY_RPC_CONNECTION_LOST');
  });

  test('is answered to whoever asks for something else by what to ask for', async () => {
    await listen('http://127.0.0.1:0/calls');
    expect(listener.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/calls$/);
    for (const [asked, status] of [
      ['GET /calls HTTP/1.1\r\nHost: x\r\n\r\n', '426 Upgrade Required'],
      ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', '404 Not Found'],
      ['GET /calls HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n', '426 Upgrade Required'],
      ['GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: skerry\r\n\r\n', '404 Not Found'],
    ]) {
      const { socket, closed } = await stranger();
      socket.write(asked!);
      const text = await closed;
      expect(text).toContain(`HTTP/1.1 ${status}`);
      expect(text).toContain('Upgrade: skerry');
    }
    await reach();
    expect(refusals).toEqual([]);
  });

  test('is waited for no longer than 5 s, however steadily it comes, and not by those who speak no HTTP', async () => {
    await listen();
    const wrong = await stranger();
    wrong.socket.write('SKERRY1\n');
    await wrong.closed;
    expect(refusals).toMatchObject([{ code: 'SKERRY_TRANSPORT_BAD_PREFACE' }]);
    const peers = [await stranger(), await stranger()];
    await eventually(() => expect(clock.pendingTimers).toBe(2));
    for (const byte of 'GET /') {
      peers[1]!.socket.write(byte);
      expect(refusals).toHaveLength(1);
      await clock.advance(1_000);
    }
    await Promise.all(peers.map(({ closed }) => closed));
    expect(refusals).toHaveLength(3);
    expect(refusals[2]!.message).toContain('5000 ms');
  });

  test.each([
    [404, 'SKERRY_TRANSPORT_BAD_PREFACE', /answers 404 Not Found instead of switching.*proxies/],
    [200, 'SKERRY_TRANSPORT_BAD_PREFACE', /answers 200 OK/],
    [503, 'SKERRY_RPC_CONNECT_FAILED', /answers 503 Service Unavailable/],
  ])('that is answered %s fails with %s', async (status, code, message) => {
    const address = await serve(createServer((_request, response) => response.writeHead(status).end('no')));
    await expect(transport().connect(address, never)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  test('that is not answered fails in time', async () => {
    const asked = createServer();
    const address = await serve(asked);
    const failed = expect(transport().connect(address, never)).rejects.toMatchObject({
      code: 'SKERRY_RPC_CONNECT_FAILED',
      message: expect.stringContaining('5000 ms') as string,
    });
    await once(asked, 'request');
    await clock.advance(5_000);
    await failed;
  });
});
