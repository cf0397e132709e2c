import { once } from 'node:events';
import { eventually, openHandles, type OpenHandles } from '@skerry-private/test-kit';
import { WebSocket, type ClientOptions } from 'ws';
import { clientFrame, handshake, opcode, RawPeer } from '../fixtures/raw-peer.js';
import { serveWorkshop, Workshop, type Serving } from '../fixtures/workshop.js';

interface Reply {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly data?: Readonly<Record<string, unknown>> };
}

let serving: Serving;
let sockets: WebSocket[];
let handles: OpenHandles;

beforeEach(() => {
  sockets = [];
  [Workshop.noted, Workshop.left, Workshop.release] = [[], 0, undefined];
});

afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  await serving.application.stop();
});

beforeAll(() => void (handles = openHandles()));
afterAll(() => handles.nothingMore());

/** A peer that is connected; `said` is all that it heard. */
async function peer(subprotocols: string[] = [], options: ClientOptions = {}) {
  const socket = new WebSocket(serving.url, subprotocols, options);
  sockets.push(socket);
  const said: Reply[] = [];
  socket.on('message', (data: Buffer, isBinary) => isBinary || said.push(JSON.parse(data.toString())));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  const ask = async (request: unknown): Promise<Reply> => {
    const before = said.length;
    socket.send(typeof request === 'string' ? request : JSON.stringify(request));
    await eventually(() => expect(said.length).toBe(before + 1));
    return said[before]!;
  };
  return { socket, said, closed, ask };
}

const hello = (id: unknown, name = 'Ada') => ({ jsonrpc: '2.0', id, method: 'workshop.hello', params: { name } });

describe('JSON-RPC by WebSocket', () => {
  beforeEach(async () => void (serving = await serveWorkshop({ maxCalls: 3 })));

  test('answers calls, with the subprotocol or without one', async () => {
    for (const subprotocols of [[], ['jsonrpc'], ['mqtt', 'jsonrpc']]) {
      const { ask, socket } = await peer(subprotocols);
      expect(socket.protocol).toBe(subprotocols.length > 0 ? 'jsonrpc' : '');
      await expect(ask(hello(1))).resolves.toEqual({ jsonrpc: '2.0', id: 1, result: { message: 'Hello Ada' } });
    }
  });

  test('speaks 1.0 with those that do', async () => {
    const { ask } = await peer();
    const reply = await ask({ id: 7, method: 'workshop.hello', params: [{ name: 'Ada' }] });
    expect(reply).toEqual({ id: 7, result: { message: 'Hello Ada' }, error: null });
  });

  test('answers batches, without their notifications, and no notification alone', async () => {
    const { ask, said, socket } = await peer();
    const note = { jsonrpc: '2.0', method: 'workshop.note', params: { name: 'Bob' } };
    const batch = (await ask([hello('a'), note, hello('b', 'Eve')])) as unknown as Reply[];
    expect(batch.map(({ id }) => id)).toEqual(['a', 'b']);
    socket.send(JSON.stringify(note));
    await eventually(() => expect(Workshop.noted).toHaveLength(2));
    expect(said).toHaveLength(1);
  });

  test('tells failures whole, and lives on after nonsense', async () => {
    const { ask } = await peer();
    const sold = await ask({ jsonrpc: '2.0', id: 1, method: 'workshop.sell', params: {} });
    expect(sold.error?.data).toMatchObject({ code: 'OUT_OF_STOCK' });
    expect((await ask('{"jsonrpc"')).error?.code).toBe(-32_700);
    expect((await ask('[]')).error?.code).toBe(-32_600);
    expect((await ask({ ...hello(2), method: 'workshop.nothing' })).error?.code).toBe(-32_601);
    expect((await ask(hello(3, ''))).error?.data).toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });
    expect((await ask(hello(4))).result).toEqual({ message: 'Hello Ada' });
  });

  test('works on no more texts at once than it should, and on the next one when one is answered', async () => {
    const { socket, said } = await peer();
    const wait = { jsonrpc: '2.0', method: 'workshop.wait', params: { name: 'x' } };
    for (let id = 1; id <= 3; id++) socket.send(JSON.stringify({ ...wait, id }));
    await eventually(() => expect(Workshop.release).toBeDefined());
    const first = Workshop.release;
    // More than the system would keep by itself.
    for (let id = 4; id < 2_000; id++) socket.send(`${JSON.stringify(hello(id))}${' '.repeat(20_000)}`);
    await eventually(() => expect(socket.bufferedAmount).toBeGreaterThan(0));
    expect(said.length).toBeLessThan(1_000);
    first!();
    Workshop.release!();
    await eventually(() => expect(said.length).toBeGreaterThan(1_990), { withinMs: 15_000 });
  });

  test('gives calls up whose peer has left', async () => {
    const { socket } = await peer();
    socket.send(JSON.stringify({ ...hello(1), method: 'workshop.wait' }));
    await eventually(() => expect(Workshop.release).toBeDefined());
    socket.terminate();
    await eventually(() => expect(Workshop.left).toBe(1));
  });

  test('refuses binary messages, texts that are no UTF-8 and such as are too large', async () => {
    const binary = await peer();
    binary.socket.send(Buffer.from('{}'));
    await expect(binary.closed).resolves.toBe(1003);
    const latin = await RawPeer.open(serving.port);
    latin.socket.write(clientFrame(opcode.text, Buffer.of(0x7b, 0xff, 0x7d)));
    await expect(latin.closeCode()).resolves.toBe(1007);
    const large = await peer();
    large.socket.on('error', () => undefined).send('x'.repeat(5 * 1024 * 1024));
    await expect(large.closed).resolves.toBe(1009);
    const native = await peer(['skerry.1']);
    native.socket.on('error', () => undefined).send(Buffer.alloc(5 * 1024 * 1024));
    await expect(native.closed).resolves.toBe(1009);
  });
});

describe('the entrance', () => {
  test('is for pages of the same origin, and of those that are named', async () => {
    serving = await serveWorkshop(
      { origins: ['https://shop.example'] },
      { http: { cors: { origins: ['https://cors.example'] } } },
    );
    for (const origin of [`http://127.0.0.1:${serving.port}`, 'https://shop.example', 'https://cors.example']) {
      const { ask } = await peer([], { origin });
      await expect(ask(hello(1))).resolves.toMatchObject({ id: 1 });
    }
    for (const origin of ['https://evil.example', 'null', 'https://shop.example.evil.example', 'http://shop.example']) {
      const socket = new WebSocket(serving.url, { origin });
      sockets.push(socket);
      const [error] = (await once(socket, 'error')) as [Error];
      expect(error.message).toContain('403');
    }
  });

  test('can be for every page, elsewhere, and without JSON-RPC', async () => {
    serving = await serveWorkshop({ origins: ['*'], path: '/deep/down', jsonRpc: false });
    const ask = async (request: string): Promise<string> => {
      const raw = await RawPeer.connect(serving.port);
      raw.socket.write(request);
      const answer = await raw.until(/\r\n\r\n/);
      raw.socket.destroy();
      return answer.slice(9, 12);
    };
    const path = '/deep/down';
    const headers = ['origin: https://anyone.example'];
    await expect(ask(handshake({ path, subprotocol: 'skerry.1', headers }))).resolves.toBe('101');
    await expect(ask(handshake({ path: `${path}?key=1`, subprotocol: 'x, skerry.1' }))).resolves.toBe('101');
    await expect(ask(handshake({ subprotocol: 'skerry.1' }))).resolves.toBe('404');
    await expect(ask(handshake({ path }))).resolves.toBe('400');
    await expect(ask(handshake({ path, subprotocol: 'jsonrpc' }))).resolves.toBe('400');
    const good = handshake({ path, subprotocol: 'skerry.1' });
    await expect(ask(good.replace('version: 13', 'version: 99'))).resolves.toMatch(/400|426/);
    await expect(ask(good.replace('key: dGhlIHNhbXBsZSBub25jZQ==', 'key: short'))).resolves.toBe('400');
    await expect(ask(good.replace('GET', 'DELETE'))).resolves.toBe('405');
    expect((await fetch(`http://127.0.0.1:${serving.port}${path}`)).status).toBe(404);
  });

  test('says 1001 to all, after what runs was answered', async () => {
    serving = await serveWorkshop();
    const idle = await peer();
    const busy = await peer(['jsonrpc']);
    const native = await peer(['skerry.1']);
    busy.socket.send(JSON.stringify({ ...hello(1), method: 'workshop.wait' }));
    await eventually(() => expect(Workshop.release).toBeDefined());
    const stopping = serving.application.stop();
    await expect(idle.closed).resolves.toBe(1001);
    const late = await busy.ask(hello(2));
    expect(late.error?.data).toMatchObject({ code: 'SKERRY_RPC_DRAINING' });
    Workshop.release!();
    await expect(busy.closed).resolves.toBe(1001);
    expect(busy.said[1]).toMatchObject({ id: 1, result: { message: 'at last' } });
    await expect(native.closed).resolves.toBe(1001);
    await stopping;
  });
});
