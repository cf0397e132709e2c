import { eventually, openHandles, withRandom } from '@skerry-private/test-kit';
import { connect, type Socket } from 'node:net';
import { ManualClock } from '../clock/manual-clock.js';
import { SystemClock } from '../clock/system-clock.js';
import { serveShop, type Serving } from './fixtures/shop.js';

/** All that is promised, or what every run has time for. */
const mutatedRequests = process.env['SKERRY_FULL_FAULTS'] === '1' ? 100_000 : 5_000;

/** What a connection is told, until it is closed or `until` was said. */
function conversation(port: number, said: string | Buffer, until?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (data) => {
      heard += data.toString('latin1');
      if (until?.test(heard)) socket.destroy();
    });
    socket.on('close', () => resolve(heard)).on('error', () => undefined);
    socket.write(said);
  });
}

function open(port: number): Promise<{ socket: Socket; heard: () => string; closed: () => boolean }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let [heard, closed] = ['', false];
    socket.on('data', (data) => (heard += data.toString('latin1'))).on('error', () => undefined);
    socket.on('close', () => (closed = true)).on('end', () => (closed = true));
    socket.once('connect', () => resolve({ socket, heard: () => heard, closed: () => closed }));
  });
}

const post = (path: string, body: string, ...headers: string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    'host: shop',
    'content-type: application/json',
    ...headers,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');

describe('hostile peers of HTTP', () => {
  let serving: Serving;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    serving = await serveShop({ clock, maxMessageBytes: 100_000, http: { maxHeaderBytes: 16 * 1024 } });
  });

  afterEach(() => serving.stop());

  test('leaves nothing open', async () => {
    await serving.stop();
    const handles = openHandles();
    const other = await serveShop({ clock: new SystemClock() });
    const { socket, heard } = await open(other.port);
    socket.write(post('/shop/echo', '1'));
    await eventually(() => expect(heard()).toMatch(/1$/));
    socket.write(post('/shop/waits', ''));
    socket.write('GET /shop/count?to=1&then=wait HTTP/1.1\r\nhost: s\r\naccept: text/event-stream\r\n\r\n');
    await eventually(() => expect(other.server.inFlight).toBe(2));
    await other.stop();
    socket.destroy();
    await handles.nothingMore();
  });

  test.each<[what: string, status: number, said: string]>([
    ['two lengths', 400, 'POST /shop/echo HTTP/1.1\r\nhost: s\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n1'],
    [
      'a length and chunks',
      400,
      'POST /shop/echo HTTP/1.1\r\nhost: s\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a chunk without a size',
      400,
      'POST /shop/echo HTTP/1.1\r\nhost: s\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n1\r\n',
    ],
    ['a header folded', 400, 'GET /shop/ping HTTP/1.1\r\nhost: s\r\nx-a: 1\r\n  folded: 2\r\nx : y\r\n\r\n'],
    ['no host', 400, 'GET /shop/ping HTTP/1.1\r\n\r\n'],
    ['no version', 400, 'GET /shop/ping HTTP/9.1\r\nhost: s\r\n\r\n'],
    ['a null in a header', 400, 'GET /shop/ping HTTP/1.1\r\nhost: s\r\nx-a: \0\r\n\r\n'],
    ['headers too large', 431, `GET /shop/ping HTTP/1.1\r\nhost: s\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`],
  ])('refuses %s', async (_what, status, said) => {
    const heard = await conversation(serving.port, said);
    expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(await (await fetch(`${serving.url}/shop/ping`)).json()).toBeNull();
  });

  test('refuses a body beyond the limit before it comes, and as it comes', async () => {
    const early =
      'POST /shop/echo HTTP/1.1\r\nhost: s\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n\r\n';
    expect(await conversation(serving.port, early, /413/)).toMatch(/^HTTP\/1\.1 413 [^]*connection: close/i);
    const asking = early.replace('host: s', 'host: s\r\nexpect: 100-continue');
    expect(await conversation(serving.port, asking, /413/)).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = `4000\r\n${'1'.repeat(0x4000)}\r\n`;
    const late = `POST /shop/echo HTTP/1.1\r\nhost: s\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(10)}`;
    expect(await conversation(serving.port, late, /413/)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('closes on peers that send slowly, that read nothing, and that say nothing more', async () => {
    const [headers, body, idle] = await Promise.all([open(serving.port), open(serving.port), open(serving.port)]);
    headers.socket.write('GET /shop/ping HTTP/1.1\r\nx-a: ');
    body.socket.write('POST /shop/echo HTTP/1.1\r\nhost: s\r\ncontent-length: 100\r\n\r\n[');
    idle.socket.write('GET /shop/ping HTTP/1.1\r\nhost: s\r\n\r\n');
    await eventually(() => expect(idle.heard()).toContain('null'));
    for (let second = 0; second < 12; second++) {
      headers.socket.write('a');
      body.socket.write('1');
      await clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => expect([headers.closed(), body.closed()]).toEqual([true, true]));
    expect([headers.heard(), body.heard()]).toEqual(Array(2).fill(expect.stringMatching(/^HTTP\/1\.1 408 /)));
    expect(idle.closed()).toBe(false);
    await clock.advance(60_000);
    await eventually(() => expect(idle.closed()).toBe(true));
    for (const { socket } of [headers, body, idle]) socket.destroy();
  });

  test('answers pipelined requests in their order, and not too many of them', async () => {
    const all = Array.from({ length: 50 }, (_, at) => post('/shop/echo', `{"at":${at}}`)).join('');
    const heard = await conversation(serving.port, all, /"at":49/);
    expect([...heard.matchAll(/"at":(\d+)/g)].map(([, at]) => Number(at))).toEqual(
      Array.from({ length: 50 }, (_, at) => at),
    );
    const waiting = 'GET /shop/count?to=0&then=wait HTTP/1.1\r\nhost: s\r\n\r\n';
    const some = await open(serving.port);
    some.socket.write(waiting.repeat(100));
    await eventually(() => expect(serving.server.inFlight).toBe(100));
    some.socket.destroy();
    await eventually(() => expect(serving.server.inFlight).toBe(0));
    expect(await conversation(serving.port, waiting.repeat(101))).toBe('');
    await eventually(() => expect(serving.server.inFlight).toBe(0));
  });

  test('is not blocked by what is deep, and takes no names of prototypes', async () => {
    const deep = '['.repeat(99_000);
    const before = performance.now();
    expect((await fetch(`${serving.url}/shop/echo`, { method: 'POST', body: new Blob([deep]) })).status).toBe(400);
    expect(performance.now() - before).toBeLessThan(200);
    const body = new Blob(['{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}']);
    expect(await (await fetch(`${serving.url}/shop/echo`, { method: 'POST', body })).json()).toEqual({});
    for (const path of [
      '/__proto__/constructor',
      '/shop/__proto__',
      '/shop/constructor',
      '/%00/%ff',
      '//',
      '/shop//hello',
    ]) {
      expect((await fetch(`${serving.url}${path}`, { method: 'POST' })).status).toBe(404);
    }
  });

  test('turns away pages of foreign origins, and lets those in that are named', async () => {
    const from = (url: string, origin: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`${url}/shop/ping`, {
        method: 'POST',
        ...init,
        headers: { origin, ...(init.headers as Record<string, string>) },
      });
    const foreign = await from(serving.url, 'https://evil.example');
    expect([foreign.status, ((await foreign.json()) as { code: string }).code]).toEqual([
      403,
      'SKERRY_HTTP_ORIGIN_REFUSED',
    ]);
    expect((await from(serving.url, 'null')).status).toBe(403);
    expect((await from(serving.url, serving.url)).status).toBe(200);
    const open = await serveShop({ clock, http: { cors: { origins: ['https://shop.example'], headers: ['x-own'] } } });
    const allowed = await from(open.url, 'https://shop.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(allowed.headers.get('vary')).toContain('origin');
    const preflight = await from(open.url, 'https://shop.example', {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST', 'access-control-request-headers': 'X-Own, X-Meta-Tenant' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/x-own, x-meta-tenant/);
    expect((await from(open.url, 'https://evil.example')).status).toBe(403);
    await open.stop();
  });

  test('ends what is idle when it drains, and the rest with its answer', async () => {
    const [idle, busy] = await Promise.all([open(serving.port), open(serving.port)]);
    idle.socket.write('GET /shop/ping HTTP/1.1\r\nhost: s\r\n\r\n');
    busy.socket.write(post('/shop/waits', '', 'x-timeout-ms: 1000'));
    await eventually(() => expect([serving.shop.waiting, /null$/.test(idle.heard())]).toEqual([1, true]));
    const draining = serving.server.drain(5_000);
    await eventually(() => expect(idle.closed()).toBe(true));
    expect(busy.closed()).toBe(false);
    const late = await open(serving.port);
    late.socket.write('GET /shop/ping HTTP/1.1\r\nhost: s\r\n\r\n');
    await eventually(() => expect(late.heard()).toMatch(/^HTTP\/1\.1 503 [^]*SKERRY_RPC_DRAINING/));
    await clock.advance(1_000);
    await draining;
    await eventually(() => expect(busy.heard()).toMatch(/^HTTP\/1\.1 504 [^]*connection: close/i));
    for (const { socket } of [idle, busy, late]) socket.destroy();
  });

  test(`survives ${mutatedRequests} mutated requests, and answers most of them`, async () => {
    const seeds = [
      post('/shop/echo', '{"a":[1,2,{"b":null}]}', 'x-timeout-ms: 100', 'accept-encoding: gzip'),
      post('/rpc', '[{"jsonrpc":"2.0","method":"echo","params":[1],"id":1}]'),
      'GET /shop/search?text=a&limit=3 HTTP/1.1\r\nhost: s\r\naccept: text/event-stream\r\n\r\n',
      'GET /shop/count?to=3 HTTP/1.1\r\nhost: s\r\n\r\n',
      'POST /shop/sum HTTP/1.1\r\nhost: s\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n18\r\n{"sku":"a","count":1}\n\n\n\r\n0\r\n\r\n',
    ].map((each) => Buffer.from(each));
    const total = mutatedRequests;
    await withRandom(async (random) => {
      const before = process.memoryUsage().heapUsed;
      const perConnection = 20;
      let answers = 0;
      for (let done = 0; done < total; done += perConnection) {
        const requests = Array.from({ length: perConnection }, (_, at) => {
          const bytes = Buffer.from(seeds[Math.floor(random() * seeds.length)]!);
          // After one that is no HTTP the parser gives up: only the last may be anything.
          return at < perConnection - 1 ? mutateBody(bytes, random) : mutate(bytes, random);
        });
        answers += await flood(serving.port, Buffer.concat(requests));
      }
      process.stdout.write(`${total} requests to HTTP: ${answers} answers\n`);
      // What is not answered came after one that ends its connection.
      expect(answers).toBeGreaterThan(total / 2);
      await eventually(() => expect(serving.server.inFlight).toBe(0));
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000);
    });
    expect(serving.events.filter(({ type }) => type === 'handler-failed')).toEqual([]);
    expect(await (await fetch(`${serving.url}/shop/ping`)).json()).toBeNull();
  }, 600_000);
});

/** Changes bytes that the parser does not count: of the body, and of the path. */
function mutateBody(bytes: Buffer, random: () => number): Buffer {
  const chunked = bytes.includes('chunked');
  const from = bytes.indexOf('\r\n\r\n') + (chunked ? 8 : 4);
  const end = bytes.length - (chunked ? 7 : 0);
  for (let at = from; at < end; at++) if (random() < 0.05) bytes[at] = Math.floor(random() * 256);
  const path = bytes.indexOf('/') + 1;
  const length = bytes.indexOf(' ', path) - path;
  if (random() < 0.3) bytes[path + Math.floor(random() * length)] = 33 + Math.floor(random() * 90);
  return bytes;
}

function mutate(bytes: Buffer, random: () => number): Buffer {
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change++)
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  return random() < 0.2 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
}

/** Sends all, and says how many answers came until the server had enough, or waited for more. */
function flood(port: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (data) => (heard += data.toString('latin1'))).on('error', () => undefined);
    socket.on('close', () => resolve(heard.split('HTTP/1.1 ').length - 1));
    socket.write(bytes);
    // A request of its own, to be the last: what the mutated one left open may swallow it.
    socket.write('GET /shop/ping HTTP/1.1\r\nhost: s\r\nconnection: close\r\n\r\n');
  });
}
