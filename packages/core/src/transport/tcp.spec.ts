import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { ManualClock } from '../clock/manual-clock.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { TransportHarness } from './conformance.js';
import { Probe, roundTrips, withPair } from './conformance-probe.js';
import type { Listener, TransportLimits } from './driver.js';
import { parseTcpAddress } from './tcp-address.js';
import { TcpTransport } from './tcp.js';

const harness: TransportHarness = {
  open: (clock, limits) => new TcpTransport(clock, limits),
  anyAddress: 'tcp://127.0.0.1:0',
  // The discard port of a machine that discards nothing.
  deadAddress: 'tcp://127.0.0.1:9',
};

const never = new AbortController().signal;

describe('a tcp listener', () => {
  let clock: ManualClock;
  let listener: Listener;
  let links: Probe[];
  let refusals: SkerryError[];
  let sockets: Socket[];

  const listen = async (limits?: Partial<TransportLimits>): Promise<void> => {
    listener = await new TcpTransport(clock, limits).listen(
      'tcp://127.0.0.1:0',
      (link) => links.push(new Probe(link)),
      (error) => refusals.push(error),
    );
  };

  /** A peer of whom only bytes are known. */
  const stranger = async (): Promise<Socket> => {
    const socket = connect({ ...parseTcpAddress(listener.address), noDelay: true });
    sockets.push(socket.on('error', () => undefined));
    await once(socket, 'connect');
    return socket;
  };

  const greeted = async (): Promise<{ socket: Socket; far: Probe }> => {
    const socket = await stranger();
    socket.write('SKERRY1\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('SKERRY1\n');
    return { socket, far: links.at(-1)! };
  };

  beforeEach(() => {
    clock = new ManualClock();
    [links, refusals, sockets] = [[], [], []];
  });

  afterEach(async () => {
    await listener.close();
    for (const socket of sockets) socket.destroy();
    for (const { link } of links) link.destroy();
    await Promise.all(links.map((probe) => probe.ended()));
    expect(clock.pendingTimers).toBe(0);
  });

  test('turns a stranger away at the first wrong byte', async () => {
    await listen();
    const socket = await stranger();
    socket.write('SKEX');
    await once(socket, 'close');
    expect(refusals).toMatchObject([{ code: 'SKERRY_TRANSPORT_BAD_PREFACE' }]);
    expect(refusals[0]!.message).toContain('"SKEX"');
    expect(refusals[0]!.message).toContain('tcp://127.0.0.1:');
    expect(links).toHaveLength(0);
  });

  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00])],
    ['another version', 'SKERRY2\n'],
  ])('turns %s away', async (_, bytes) => {
    await listen();
    const socket = await stranger();
    socket.write(bytes);
    await once(socket, 'close');
    expect(refusals).toMatchObject([{ code: 'SKERRY_TRANSPORT_BAD_PREFACE' }]);
  });

  test('turns a peer away that stays silent, or stops halfway, after its patience and not before', async () => {
    await listen({ prefaceTimeoutMs: 5_000 });
    const silent = await stranger();
    const halfway = await stranger();
    halfway.write('SKE');
    await greeted();
    await clock.advance(4_999);
    expect(refusals).toHaveLength(0);
    const closed = Promise.all([once(silent, 'close'), once(halfway, 'close')]);
    await clock.advance(1);
    await closed;
    expect(refusals).toHaveLength(2);
    expect(refusals[0]).toMatchObject({ code: 'SKERRY_TRANSPORT_BAD_PREFACE' });
    expect(refusals[0]!.message).toContain('5000 ms');
    expect(links[0]!.log).toEqual([]);
  });

  test('says nothing of a peer that comes and goes', async () => {
    await listen();
    const socket = await stranger();
    socket.end('SKE');
    await once(socket, 'close');
    await greeted();
    expect(refusals).toHaveLength(0);
  });

  test('breaks what is undecided when it is closed', async () => {
    await listen();
    const socket = await stranger();
    await greeted();
    const closed = once(socket, 'close');
    await listener.close();
    await closed;
    expect(refusals).toHaveLength(0);
  });

  test('takes a preface and frames that arrive byte by byte', async () => {
    await listen();
    const socket = await stranger();
    for (const byte of Buffer.concat([Buffer.from('SKERRY1\n'), framed('one'), framed(''), framed('three')])) {
      await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    }
    while (links.length === 0) await roundTripsElsewhere();
    await links[0]!.untilFrames(3);
    expect(links[0]!.texts).toEqual(['one', '', 'three']);
  });

  test('takes a preface and frames that arrive in one piece', async () => {
    await listen();
    const socket = await stranger();
    socket.write(Buffer.concat([Buffer.from('SKERRY1\n'), framed('one'), framed('two')]));
    await once(socket, 'data');
    await links[0]!.untilFrames(2);
    expect(links[0]!.texts).toEqual(['one', 'two']);
  });

  test('refuses a gigabyte as soon as it is announced, and reserves nothing for it', async () => {
    await listen();
    const { socket, far } = await greeted();
    const before = process.memoryUsage();
    socket.write(Buffer.from([0x40, 0, 0, 0]));
    expect(await far.ended()).toBe('SKERRY_TRANSPORT_FRAME_TOO_LARGE');
    expect(far.failure!.message).toContain('1073741824 bytes');
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(1024 * 1024);
  });

  test('reserves for a frame only in step with what has arrived of it', async () => {
    await listen();
    const strangers = [];
    for (let i = 0; i < 20; i++) strangers.push(await greeted());
    const before = process.memoryUsage().arrayBuffers;
    // Each announces 4 MiB and sends a hundred bytes.
    for (const { socket } of strangers) socket.write(Buffer.concat([Buffer.from([0, 0x40, 0, 0]), Buffer.alloc(100)]));
    await roundTripsElsewhere();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
  });

  test('calls an end inside a frame, or inside a length, a loss', async () => {
    await listen();
    for (const bytes of [framed('cut off').subarray(0, 9), Buffer.from([0, 0])]) {
      const { socket, far } = await greeted();
      socket.end(Buffer.concat([framed('whole'), bytes]));
      expect(await far.ended()).toBe('SKERRY_RPC_CONNECTION_LOST');
      expect(far.texts).toEqual(['whole']);
      expect(far.failure!.message).toContain('inside a frame');
    }
  });

  test('calls an end between frames an orderly one', async () => {
    await listen();
    const { socket, far } = await greeted();
    socket.end(framed('whole'));
    expect(await far.ended()).toBeUndefined();
    expect(far.texts).toEqual(['whole']);
  });

  test('carries the system’s own error as the cause of a loss', async () => {
    await listen();
    const { socket, far } = await greeted();
    socket.resetAndDestroy();
    expect(await far.ended()).toBe('SKERRY_RPC_CONNECTION_LOST');
    expect(far.failure!.cause).toMatchObject({ code: 'ECONNRESET' });
  });

  test('survives random bytes after the preface', async () => {
    await listen();
    const bytes = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), { numRuns: 200, seed: 7 });
    for (const noise of bytes) {
      const { socket, far } = await greeted();
      socket.end(noise);
      await far.ended();
      expect(['SKERRY_TRANSPORT_FRAME_TOO_LARGE', 'SKERRY_RPC_CONNECTION_LOST', undefined]).toContain(
        far.failure?.code,
      );
    }
    const { socket, far } = await greeted();
    socket.write(framed('still serving'));
    await far.untilFrames(1);
  });

  test('gives up on a peer that does not finish its frame in time, however steadily it sends', async () => {
    await listen({ frameTimeoutMs: 10_000 });
    const { socket, far } = await greeted();
    socket.write(framed('whole'));
    await far.untilFrames(1);
    const frame = framed('x'.repeat(100));
    for (let second = 0; second < 10; second++) {
      expect(far.log).toEqual(['frame']);
      socket.write(frame.subarray(second, second + 1));
      await roundTripsElsewhere();
      await clock.advance(1_000);
    }
    expect(await far.ended()).toBe('SKERRY_TRANSPORT_PEER_STALLED');
    expect(far.failure!.message).toContain('10000 ms after its first byte');
  });

  test('gives each frame its own time, and watches nothing while there is none', async () => {
    await listen({ frameTimeoutMs: 10_000 });
    const { socket, far } = await greeted();
    const bytes = Buffer.concat([framed('one'), framed('two'), framed('three')]);
    // Cut inside each frame, 9 s apart.
    for (const [from, to, arrived] of [
      [0, 5, 0],
      [5, 9, 1],
      [9, 16, 2],
    ] as const) {
      socket.write(bytes.subarray(from, to));
      await roundTripsElsewhere();
      expect(far.frames).toHaveLength(arrived);
      expect(clock.pendingTimers).toBe(1);
      await clock.advance(9_000);
    }
    socket.write(bytes.subarray(16));
    await far.untilFrames(3);
    expect(clock.pendingTimers).toBe(0);
  });

  test('gives a large frame more time for as long as it comes at 64 bytes a millisecond', async () => {
    await listen({ frameTimeoutMs: 10_000 });
    const { socket, far } = await greeted();
    const frame = framed('x'.repeat(3_000_000));
    // 96 kB a second: half a minute for the whole of it.
    for (let at = 0; at < frame.length; at += 96_000) {
      expect(far.log).toEqual([]);
      socket.write(frame.subarray(at, at + 96_000));
      await roundTripsElsewhere();
      await clock.advance(1_000);
    }
    await far.untilFrames(1);
  });

  test('does not hold its own pause against the frame that waits for it', async () => {
    await listen({ frameTimeoutMs: 10_000 });
    const { socket, far } = await greeted();
    const frame = framed('at last');
    socket.write(frame.subarray(0, 6));
    await roundTripsElsewhere();
    far.link.pause();
    socket.write(frame.subarray(6));
    await clock.advance(60_000);
    expect(clock.pendingTimers).toBe(0);
    far.link.resume();
    await far.untilFrames(1);
    expect(far.log).toEqual(['frame']);
  });

  test('tells of the progress of a slow peer, and of none where frames come and go whole', async () => {
    await listen();
    const { socket, far } = await greeted();
    let progress = 0;
    far.progress = () => progress++;
    socket.write(framed('whole'));
    await far.untilFrames(1);
    far.sendText('whole');
    await roundTripsElsewhere();
    expect(progress).toBe(0);
    const frame = framed('in two parts');
    socket.write(frame.subarray(0, 9));
    await roundTripsElsewhere();
    expect(progress).toBe(1);
    socket.write(frame.subarray(9));
    await far.untilFrames(2);
    expect(progress).toBe(1);

    socket.pause();
    for (let sent = 0; sent < 48; sent++) far.link.send(Buffer.alloc(1024 * 1024));
    await roundTripsElsewhere();
    progress = 0;
    await roundTripsElsewhere();
    expect(progress).toBe(0);
    socket.resume();
    await far.until(() => far.log.includes('drained'));
    expect(progress).toBeGreaterThan(0);
  });

  test('gives up on a peer that reads everything and never closes', async () => {
    await listen({ closeTimeoutMs: 5_000 });
    const socket = connect({ ...parseTcpAddress(listener.address), allowHalfOpen: true });
    sockets.push(socket);
    socket.write('SKERRY1\n');
    await once(socket, 'data');
    const [far] = links;
    far!.sendText('goodbye');
    far!.link.close();
    await once(socket.resume(), 'end');
    await clock.advance(4_999);
    expect(far!.log).toEqual([]);
    await clock.advance(1);
    expect(await far!.ended()).toBe('SKERRY_TRANSPORT_PEER_STALLED');
  });

  test('bounds what it holds for a peer that never reads', async () => {
    await listen({ maxBufferedBytes: 8 * 1024 * 1024 });
    const { socket, far } = await greeted();
    socket.pause();
    const before = process.memoryUsage();
    let sent = 0;
    while (far.log.length === 0 && sent < 10_000_000) {
      for (let i = 0; i < 1_000; i++, sent++) far.link.send(Buffer.from('tiny'));
      await new Promise<void>((resolve) => process.nextTick(resolve));
      if (sent % 100_000 === 0) await roundTripsElsewhere(2);
    }
    expect(await far.ended()).toBe('SKERRY_TRANSPORT_PEER_STALLED');
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    expect(heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(64 * 1024 * 1024);
  });

  test('holds as many connections as it may, says once that it is full, and takes others when there is room', async () => {
    await listen({ maxConnections: 2 });
    const [first] = [await greeted(), await greeted()];
    for (let i = 0; i < 3; i++) {
      const socket = await stranger();
      await new Promise((resolve) => socket.resume().once('close', resolve));
    }
    expect(refusals).toMatchObject([{ code: 'SKERRY_TRANSPORT_TOO_MANY_CONNECTIONS', details: { maxConnections: 2 } }]);
    const closed = once(first!.socket, 'close');
    first!.far.link.close();
    await closed;
    await first!.far.ended();
    await greeted();
    expect(refusals).toHaveLength(1);
  });

  test('is told the address when it cannot listen', async () => {
    await listen();
    const second = new TcpTransport(clock).listen(
      listener.address,
      () => undefined,
      () => undefined,
    );
    await expect(second).rejects.toMatchObject({
      code: 'SKERRY_TRANSPORT_LISTEN_FAILED',
      message: expect.stringContaining(listener.address) as string,
      cause: { code: 'EADDRINUSE' },
    });
  });

  test('listens on IPv6 as well', async () => {
    listener = await new TcpTransport(clock).listen(
      'tcp://[::1]:0',
      (link) => links.push(new Probe(link)),
      () => undefined,
    );
    expect(listener.address).toMatch(/^tcp:\/\/\[::1\]:\d+$/);
    const near = new Probe(await new TcpTransport(clock).connect(listener.address, never));
    links.push(near);
    near.sendText('six');
    await links[0]!.untilFrames(1);
    expect(links[0]!.link.peer).toMatch(/^tcp:\/\/\[::1\]:\d+$/);
  });
});

describe('a tcp connect', () => {
  let server: Server;
  let accepted: Socket[];

  const strangeServer = async (greeting: (socket: Socket) => void): Promise<string> => {
    server = createServer((socket) => {
      accepted.push(socket.on('error', () => undefined));
      greeting(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  beforeEach(() => (accepted = []));
  afterEach(() => {
    for (const socket of accepted) socket.destroy();
    server?.close();
  });

  test('says what it found when it reaches a stranger', async () => {
    const address = await strangeServer((socket) => socket.write('220 smtp ready\r\n'));
    await expect(new TcpTransport(new ManualClock()).connect(address, never)).rejects.toMatchObject({
      code: 'SKERRY_TRANSPORT_BAD_PREFACE',
      message: expect.stringContaining('220 smtp ready') as string,
    });
  });

  test('fails when the peer hangs up before it said anything', async () => {
    const address = await strangeServer((socket) => socket.end());
    await expect(new TcpTransport(new ManualClock()).connect(address, never)).rejects.toMatchObject({
      code: 'SKERRY_RPC_CONNECT_FAILED',
      message: expect.stringContaining('closed the connection') as string,
    });
  });

  test('gives up on a peer that accepts and stays silent', async () => {
    const clock = new ManualClock();
    const address = await strangeServer((socket) => socket.resume());
    const failed = expect(new TcpTransport(clock).connect(address, never)).rejects.toMatchObject({
      code: 'SKERRY_RPC_CONNECT_FAILED',
      message: expect.stringContaining('5000 ms') as string,
    });
    await once(server, 'connection');
    while (clock.pendingTimers === 0) await roundTripsElsewhere(1);
    await clock.advance(5_000);
    await failed;
  });

  test('frees a half-open link when its signal aborts', async () => {
    const clock = new ManualClock();
    const address = await strangeServer((socket) => socket.resume());
    const abort = new AbortController();
    const connecting = new TcpTransport(clock).connect(address, abort.signal);
    connecting.catch(() => undefined);
    const [socket] = (await once(server, 'connection')) as [Socket];
    const closed = once(socket, 'close');
    while (clock.pendingTimers === 0) await roundTripsElsewhere(1);
    abort.abort(new Error('patience is over'));
    await expect(connecting).rejects.toThrow('patience is over');
    await closed;
    expect(clock.pendingTimers).toBe(0);
  });

  test('names the address and the cause when it is refused', async () => {
    await expect(new TcpTransport(new ManualClock()).connect('tcp://localhost:9', never)).rejects.toMatchObject({
      code: 'SKERRY_RPC_CONNECT_FAILED',
      message: expect.stringMatching(/tcp:\/\/localhost:9.*ECONNREFUSED/) as string,
      cause: { code: 'ECONNREFUSED' },
    });
  });
});

function framed(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Lets real input and output happen, without a clock. */
async function roundTripsElsewhere(count = 20): Promise<void> {
  await withPair(harness, {}, (pair) => roundTrips(pair, count));
}
