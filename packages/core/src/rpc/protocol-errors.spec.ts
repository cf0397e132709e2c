import { ManualClock } from '../clock/manual-clock.js';
import { Probe } from '../transport/conformance-probe.js';
import type { Link } from '../transport/driver.js';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.js';
import { gone, Recorder, ServedCall } from './conformance-peers.js';
import { RpcConnection } from './connection.js';
import { decodeGoAway, encodeGoAway, encodeHello } from './control-json.js';
import { encodeCancel, encodeCredit, encodeData, encodeDefine, encodeOpen, encodePing } from './frames.js';
import { frameType, maxCredit, maxU32 } from './protocol.js';
import type { RpcAcceptor } from './stream.js';

const limits = { windowBytes: 1_000, maxStreams: 10, maxMessageBytes: 2_000, helloTimeoutMs: 5_000 };
const greeting = { codec: 'json', windowBytes: 1_000, maxStreams: 10, maxMessageBytes: 2_000 };
const hello = encodeHello(greeting);
const define = encodeDefine(0, 'test.silent');
const open = (stream: number, payload?: Buffer, end = false, endpoint = 0): Buffer =>
  encodeOpen(stream, endpoint, { timeoutMs: 1_000 }, payload, end) as Buffer;
const json =
  (type: number, ...head: number[]) =>
  (value: unknown): Buffer =>
    Buffer.concat([Buffer.from([type, ...head]), Buffer.from(JSON.stringify(value))]);
const helloJson = json(frameType.hello);
const patch = (frame: Buffer, at: number, ...bytes: number[]): Buffer => {
  const copy = Buffer.from(frame);
  copy.set(bytes, at);
  return copy;
};
const withMetadata = (...bytes: number[]): Buffer => {
  const head = patch(open(1, undefined, true), 7, 1 | 4 | 8);
  return Buffer.concat([head, Buffer.from(bytes)]);
};
/** Entries of `a` = `bytes` times `x`. */
const metadataOf = (entries: number, bytes: number): Buffer => {
  const entry = Buffer.concat([Buffer.from([0, 1, 0x61, bytes >> 8, bytes & 255]), Buffer.alloc(bytes, 'x')]);
  return withMetadata(entries >> 8, entries & 255, ...Buffer.concat(Array<Buffer>(entries).fill(entry)));
};

/** A peer that sends frames by hand, and the connection that has to bear it. */
async function facing(role: 'client' | 'server') {
  const clock = new ManualClock();
  const transport = new MemoryTransport(new MemoryNetwork(), clock);
  const served: ServedCall[] = [];
  const acceptor: RpcAcceptor<string> = {
    resolve: (endpoint) => ({ endpoint }),
    accept: (stream, _endpoint, head, _payload, ended) => {
      const call = new ServedCall(stream, head, ended);
      served.push(call);
      return call;
    },
  };
  const common = { clock, limits, hello: { service: 'test', codec: 'json' } };
  let link!: Link;
  const listener = await transport.listen('memory://', (accepted) => (link = accepted));
  const connecting = transport.connect(listener.address, new AbortController().signal);
  const peer = new Probe(await connecting);
  const connection = new RpcConnection(link, role === 'client' ? { ...common, role } : { ...common, role, acceptor });
  await listener.close();
  const send = async (...frames: Buffer[]): Promise<void> => {
    for (const frame of frames) peer.link.send(frame);
    await clock.settle();
  };
  return { clock, peer, link, connection, served, send };
}

const fromClient: [what: string, frames: Buffer[], complaint: RegExp][] = [
  ['an empty frame', [hello, Buffer.alloc(0)], /empty frame/],
  ['no HELLO first', [define], /first frame must be HELLO, not of type 2/],
  ['an empty frame instead of HELLO', [Buffer.alloc(0)], /first frame must be HELLO/],
  ['HELLO twice', [hello, hello], /twice/],
  ['another protocol', [helloJson({ ...greeting, protocol: 2 })], /speaks protocol 2/],
  ['HELLO that is no JSON', [Buffer.from('\x01{"protocol":1')], /HELLO is no JSON/],
  ['HELLO that is no object', [helloJson([1])], /no JSON object/],
  ['HELLO that is no UTF-8', [Buffer.concat([hello, Buffer.from([0xff])])], /no UTF-8/],
  ['HELLO that is too long', [helloJson({ ...greeting, protocol: 1, x: 'x'.repeat(65_536) })], /longer than 65536/],
  ['HELLO that is too deep', [Buffer.from(`\x01${'['.repeat(1_000)}`)], /no JSON/],
  ['HELLO without a codec', [helloJson({ ...greeting, protocol: 1, codec: 7 })], /codec/],
  ['HELLO with a node that is no text', [helloJson({ ...greeting, protocol: 1, node: {} })], /node/],
  ['HELLO without a window', [helloJson({ ...greeting, protocol: 1, windowBytes: 0 })], /windowBytes/],
  ['HELLO with a fraction', [helloJson({ ...greeting, protocol: 1, maxStreams: 1.5 })], /maxStreams/],
  ['HELLO with a huge number', [helloJson({ ...greeting, protocol: 1, maxMessageBytes: 1e300 })], /maxMessageBytes/],
  ['an unknown type', [hello, Buffer.from([11])], /type 11/],
  ['what only a server sends', [hello, define, open(1), json(frameType.error, 0, 0, 0, 1, 0)({ code: 'X' })], /type 5/],
  ['an endpoint without a name', [hello, encodeDefine(0, '')], /no name/],
  ['an endpoint with a long name', [hello, encodeDefine(0, 'x'.repeat(257))], /no name of 1 to 256/],
  ['an endpoint that is no UTF-8', [hello, Buffer.from([2, 0, 0, 0xc3, 0x28])], /no UTF-8/],
  ['an endpoint twice', [hello, define, define], /endpoint 0 twice/],
  ['too many endpoints', [hello, encodeDefine(4_096, 'x.y')], /endpoint 4096/],
  ['an endpoint that is not defined', [hello, open(1)], /did not define/],
  ['OPEN cut short', [hello, define, open(1).subarray(0, 11)], /OPEN is cut short/],
  ['OPEN with unknown flags', [hello, define, patch(open(1), 7, 16)], /unknown flags: 16/],
  [
    'OPEN with a message and without',
    [hello, define, patch(open(1, Buffer.alloc(1)), 7, 8)],
    /says that it carries none/,
  ],
  ['OPEN with half a trace', [hello, define, patch(open(1, Buffer.alloc(24)), 7, 2)], /cut short in the trace/],
  ['OPEN with a stream of 0', [hello, define, open(0)], /opened stream 0/],
  ['OPEN of a stream twice', [hello, define, open(1), open(1)], /opened stream 1 after stream 1/],
  ['OPEN of an earlier stream', [hello, define, open(5), open(4)], /opened stream 4 after stream 5/],
  ['OPEN with too large a message', [hello, define, open(1, Buffer.alloc(2_001))], /2001 bytes, 2000 bytes/],
  ['metadata cut short in its count', [hello, define, withMetadata(0)], /cut short in the metadata/],
  ['metadata cut short in a length', [hello, define, withMetadata(0, 1, 0)], /cut short in the metadata/],
  ['metadata cut short in a key', [hello, define, withMetadata(0, 1, 0, 9, 0x61)], /cut short in the metadata/],
  ['metadata without a value', [hello, define, withMetadata(0, 1, 0, 1, 0x61)], /cut short in the metadata/],
  ['metadata that is no UTF-8', [hello, define, withMetadata(0, 1, 0, 1, 0xff, 0, 0)], /metadata is no UTF-8/],
  ['too many entries of metadata', [hello, define, metadataOf(65, 1)], /65 entries/],
  ['too much metadata', [hello, define, metadataOf(20, 1_000)], /larger than 16384/],
  ['DATA cut short', [hello, define, open(1), Buffer.from([4, 0, 0, 0, 1])], /DATA is cut short/],
  ['DATA with unknown flags', [hello, define, open(1), patch(encodeData(1, undefined, true), 5, 4)], /unknown flags/],
  ['DATA that says nothing', [hello, define, open(1), encodeData(1, undefined, false)], /says nothing/],
  ['DATA with a message and without', [hello, define, open(1), Buffer.from([4, 0, 0, 0, 1, 3, 9])], /carries none/],
  [
    'DATA on a stream that was never opened',
    [hello, define, open(1), encodeData(2, Buffer.alloc(1), false)],
    /stream 2, which was never/,
  ],
  ['DATA on stream 0', [hello, define, open(1), encodeData(0, Buffer.alloc(1), false)], /stream 0/],
  [
    'DATA after the end',
    [hello, define, open(1, undefined, true), encodeData(1, Buffer.alloc(1), false)],
    /after its end/,
  ],
  [
    'DATA without credit',
    [hello, define, open(1, Buffer.alloc(990)), encodeData(1, Buffer.alloc(1), false)],
    /without credit/,
  ],
  ['DATA with too large a message', [hello, define, open(1), encodeData(1, Buffer.alloc(2_001), false)], /2001 bytes/],
  ['CANCEL cut short', [hello, define, open(1), encodeCancel(1, 'deadline').subarray(0, 5)], /CANCEL is malformed/],
  [
    'CANCEL for no reason that there is',
    [hello, define, open(1), patch(encodeCancel(1, 'deadline'), 5, 2)],
    /CANCEL is malformed/,
  ],
  [
    'CANCEL of a stream that was never opened',
    [hello, define, encodeCancel(1, 'deadline')],
    /stream 1, which was never/,
  ],
  ['CREDIT cut short', [hello, define, open(1), encodeCredit(1, 1).subarray(0, 8)], /CREDIT is malformed/],
  ['no CREDIT', [hello, define, open(1), encodeCredit(1, 0)], /granted 0 bytes/],
  ['more CREDIT than can be counted', [hello, define, open(1), encodeCredit(1, maxCredit)], /granted 2147483647 bytes/],
  ['CREDIT for a stream that was never opened', [hello, encodeCredit(1, 1)], /stream 1, which was never/],
  ['GOAWAY cut short', [hello, Buffer.from([8, 0, 0, 0])], /GOAWAY is cut short/],
  ['GOAWAY that is no JSON', [hello, Buffer.from([8, 0, 0, 0, 0, 0x7b])], /GOAWAY is no JSON/],
  ['GOAWAY without a code', [hello, json(8, 0, 0, 0, 0)({ message: 'x' })], /no code/],
  ['PING cut short', [hello, encodePing(frameType.ping, 1).subarray(0, 4)], /PING or PONG/],
  ['PONG with more', [hello, Buffer.concat([encodePing(frameType.pong, 1), Buffer.alloc(1)])], /PING or PONG/],
];

const fromServer: [what: string, frames: Buffer[], complaint: RegExp][] = [
  ['DEFINE', [hello, define], /type 2/],
  ['OPEN', [hello, open(1)], /type 3/],
  ['CANCEL', [hello, encodeCancel(1, 'deadline')], /type 6/],
  [
    'DATA on a stream that was never opened',
    [hello, encodeData(2, Buffer.alloc(1), true)],
    /stream 2, which was never/,
  ],
  ['ERROR cut short', [hello, Buffer.from([5, 0, 0, 0, 1])], /ERROR is malformed/],
  ['ERROR with unknown flags', [hello, json(5, 0, 0, 0, 1, 2)({})], /ERROR is malformed/],
  ['ERROR on a stream that was never opened', [hello, json(5, 0, 0, 0, 9, 0)({})], /stream 9, which was never/],
  ['HELLO twice', [hello, hello], /twice/],
];

describe.each([
  ['a server', 'server', fromClient],
  ['a client', 'client', fromServer],
] as const)('%s ends the connection of a peer that sends', (_, role, cases) => {
  test.each(cases)('%s', async (_what, frames, complaint) => {
    const { peer, connection, served, send, clock } = await facing(role);
    if (role === 'client') {
      await send(hello);
      const call = new Recorder();
      connection.open('test.silent', { timeoutMs: 1_000 }, undefined, true, call);
      frames = frames[0] === hello ? frames.slice(1) : frames;
      await send(...frames);
      expect(call.log).toEqual(['lost SKERRY_RPC_CONNECTION_LOST']);
    } else {
      await send(...frames, encodePing(frameType.ping, 7));
    }
    const last = peer.frames.at(-1)!;
    expect(last[0]).toBe(frameType.goAway);
    expect(decodeGoAway(last)).toMatchObject({
      reason: { code: 'SKERRY_RPC_PROTOCOL', message: expect.stringMatching(complaint) as string },
    });
    expect(await peer.ended()).toBeUndefined();
    const error = await gone(connection);
    expect(error).toMatchObject({ code: 'SKERRY_RPC_PROTOCOL', message: expect.stringMatching(complaint) as string });
    for (const call of served) expect(call.log.at(-1)).toMatch(/^lost SKERRY_RPC_CONNECTION_LOST/);
    expect(connection.openStreams).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('what a connection bears', () => {
  test('frames for streams that are over', async () => {
    const { send, served, connection, peer } = await facing('server');
    await send(hello, define, open(1));
    served[0]!.stream.send(undefined, true);
    await send(encodeData(1, Buffer.alloc(5_000), true), encodeCancel(1, 'deadline'), encodeCredit(1, maxU32));
    await send(
      open(2),
      encodeCancel(2, 'cancelled'),
      encodeCancel(2, 'cancelled'),
      encodeData(2, Buffer.alloc(1), true),
    );
    expect(served[1]!.log).toEqual(['cancel cancelled']);
    expect(connection.draining).toBe(false);
    peer.link.destroy();
    await gone(connection);
  });

  test('no credit is granted to a peer that sends no more', async () => {
    const { send, served, peer, connection } = await facing('server');
    await send(hello, define, open(1, Buffer.alloc(900), true), open(2, Buffer.alloc(900)));
    for (const { stream } of served) stream.consumed(900);
    await send();
    const credits = peer.frames.filter((frame) => frame[0] === frameType.credit);
    expect(credits).toEqual([encodeCredit(2, 932)]);
    peer.link.destroy();
    await gone(connection);
  });

  test('gaps between streams', async () => {
    const { send, served, connection, peer } = await facing('server');
    await send(hello, define, open(7), open(4_000_000_000));
    expect(served.map(({ stream }) => stream.id)).toEqual([7, 4_000_000_000]);
    peer.link.destroy();
    await gone(connection);
  });

  test('an error that cannot be read harms only its call', async () => {
    const { send, connection, peer } = await facing('client');
    await send(hello);
    for (const body of [Buffer.from('{"code"'), Buffer.from([0xff]), Buffer.alloc(70_000, ' ')]) {
      const failures: unknown[] = [];
      const call = Object.assign(new Recorder(), { error: (...failure: unknown[]) => void failures.push(failure) });
      const { id } = connection.open('test.silent', { timeoutMs: 1_000 }, undefined, true, call);
      await send(Buffer.concat([Buffer.from([5, 0, 0, 0, id, 1]), body]));
      expect(failures).toEqual([[undefined, false]]);
    }
    expect(connection.draining).toBe(false);
    peer.link.destroy();
    await gone(connection);
  });

  test('pongs that nobody asked for, and calls after GOAWAY', async () => {
    const { send, served, peer, connection } = await facing('server');
    await send(hello, define, open(1), encodePing(frameType.pong, 5));
    await send(encodeGoAway(1, { code: 'X', message: 'leaving' }), open(2, undefined, true));
    expect(served).toHaveLength(1);
    const refusal = peer.frames.at(-1)!;
    expect([...refusal.subarray(0, 6)]).toEqual([frameType.error, 0, 0, 0, 2, 1]);
    expect(refusal.toString()).toContain('SKERRY_RPC_DRAINING');
    served[0]!.stream.send(undefined, true);
    expect(await gone(connection)).toBeUndefined();
  });

  test('a client without manners that opens more than it may', async () => {
    const { send, served, peer, connection } = await facing('server');
    await send(hello, define, ...Array.from({ length: 12 }, (_, i) => open(i + 1)));
    expect(served).toHaveLength(10);
    const refusals = peer.frames.filter((frame) => frame[0] === frameType.error);
    expect(refusals.map((frame) => frame.readUInt32BE(1))).toEqual([11, 12]);
    expect(refusals[0]!.toString()).toContain('SKERRY_RPC_OVERLOADED');
    expect(refusals[0]![5]).toBe(1);
    peer.link.destroy();
    await gone(connection);
  });

  test.each(['client', 'server'] as const)('%s: a flood of pings from a peer that does not read', async (role) => {
    const { send, peer, link, connection } = await facing(role);
    await send(hello);
    peer.link.pause();
    for (let i = 0; i < 5; i++) await send(...Array<Buffer>(50_000).fill(encodePing(frameType.ping, i)));
    expect(link.bufferedBytes).toBeGreaterThan(1_000_000);
    expect(link.bufferedBytes).toBeLessThan(1_100_000);
    // They were read, and dropped.
    expect(peer.link.bufferedBytes).toBe(0);
    peer.link.destroy();
    await gone(connection);
  });
});

describe('a peer that does not introduce itself', () => {
  test.each(['client', 'server'] as const)('is given up by a %s', async (role) => {
    const { clock, connection, peer } = await facing(role);
    const ready = expect(connection.ready()).rejects.toMatchObject({ code: 'SKERRY_RPC_CONNECTION_LOST' });
    const failed = new Recorder();
    connection.open('test.echo', { timeoutMs: 1 }, undefined, true, failed);
    await clock.advance(4_999);
    expect(failed.log).toEqual(['lost SKERRY_RPC_PROTOCOL not started']);
    expect(connection.draining).toBe(false);
    await clock.advance(1);
    await ready;
    expect(await peer.ended()).toBeUndefined();
    expect(await gone(connection)).toMatchObject({ message: expect.stringContaining('5000 ms') as string });
  });

  test('keeps nobody who waits longer than they want', async () => {
    const { connection, peer } = await facing('client');
    const reason = new Error('no patience');
    await expect(connection.ready(AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const ready = connection.ready(abort.signal);
    abort.abort(reason);
    await expect(ready).rejects.toBe(reason);
    peer.link.destroy();
    await gone(connection);
  });
});

test('a peer that gives the connection up says why', async () => {
  const { send, connection, peer } = await facing('client');
  await send(hello);
  const [started, unstarted] = [new Recorder(), new Recorder()];
  for (const call of [started, unstarted]) connection.open('test.silent', { timeoutMs: 1 }, undefined, true, call);
  await send(encodeGoAway(1, { code: 'SKERRY_RPC_PROTOCOL', message: 'no such thing' }));
  expect(started.log).toEqual(['lost SKERRY_RPC_CONNECTION_LOST']);
  expect(unstarted.log).toEqual(['lost SKERRY_RPC_DRAINING not started']);
  expect(await gone(connection)).toMatchObject({
    code: 'SKERRY_RPC_PROTOCOL',
    message: expect.stringContaining('no such thing') as string,
  });
  await peer.ended();
});
