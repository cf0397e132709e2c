import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { constants, createBrotliCompress, createGzip, type BrotliCompress, type Gzip } from 'node:zlib';
import { eventually, heldBytes } from '@skerry-private/test-kit';
import { JsonCodec } from '../codec/json-codec.js';
import { serveShop, type Serving } from './fixtures/shop.js';

const mebibyte = 1024 * 1024;

/** Bytes that count how many of them were looked at. */
function watched(whole: Buffer): { bytes: Buffer; reads: () => number } {
  let reads = 0;
  const bytes = new Proxy(whole, {
    get(target, key): unknown {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { bytes, reads: () => reads };
}

/** This many MiB of zeros, never whole in memory; nothing but `null` for none. */
async function compressed(mebibytes: number, by: Gzip | BrotliCompress): Promise<Buffer> {
  const chunk = Buffer.alloc(mebibyte);
  const chunks = mebibytes === 0 ? [Buffer.from('null')] : Array.from({ length: mebibytes }, () => chunk);
  return buffer(Readable.from(chunks).pipe(by));
}

async function post(serving: Serving, path: string, body: Uint8Array, headers: object = {}): Promise<Response> {
  return fetch(`${serving.url}${path}`, {
    ...{ method: 'POST', body: Buffer.from(body) },
    headers: { 'content-type': 'application/json', ...headers },
  });
}

describe('HTTP takes no more than it may', () => {
  let serving: Serving;
  beforeEach(
    async () => void (serving = await serveShop({ maxMessageBytes: 4 * mebibyte, http: { maxTimeoutMs: 30 } })),
  );
  afterEach(() => serving.stop());

  describe('of work: JSON that is deep is refused', () => {
    const deep: readonly (readonly [string, Buffer])[] = [
      ['a million levels', Buffer.from('['.repeat(1_000_000) + ']'.repeat(1_000_000))],
      ['4 MiB of brackets', Buffer.alloc(4 * mebibyte, '[')],
      ['4 MiB of objects', Buffer.from('{"a":'.repeat(Math.floor((4 * mebibyte) / 5)))],
    ];

    test.each(deep)('%s, over the wire', async (_what, body) => {
      for (const path of ['/shop/echo', '/rpc']) {
        const response = await post(serving, path, body);
        const told = (await response.json()) as { code?: string; error?: { code: number } };
        if (path === '/rpc') expect(told.error?.code).toBe(-32_700);
        else expect([response.status, told.code]).toEqual([400, 'SKERRY_CODEC_DECODE_FAILED']);
      }
      expect(await (await fetch(`${serving.url}/shop/ping`)).json()).toBeNull();
    });

    test.each(deep)('%s, after the first 65 of its levels', (_what, body) => {
      const { bytes, reads } = watched(body);
      expect(() => new JsonCodec().decode(bytes)).toThrow('deeper than 64');
      expect(reads()).toBeGreaterThanOrEqual(65);
      expect(reads()).toBeLessThan(500);
    });
  });

  describe('of time: x-timeout-ms', () => {
    test('asks for no more than maxTimeoutMs', async () => {
      const remaining = async (headers: object): Promise<number> => {
        const response = await fetch(`${serving.url}/shop/context`, { headers: { ...headers } });
        return ((await response.json()) as { remainingMs: number }).remainingMs;
      };
      const most = await remaining({ 'x-timeout-ms': '60000' });
      expect(most).toBeLessThanOrEqual(30);
      expect(await remaining({ 'x-timeout-ms': '20' })).toBeLessThanOrEqual(20);
      const late = await post(serving, '/shop/waits', Buffer.alloc(0), { 'x-timeout-ms': '60000' });
      expect([late.status, ((await late.json()) as { code: string }).code]).toEqual([
        504,
        'SKERRY_RPC_DEADLINE_EXCEEDED',
      ]);
      expect(serving.shop.ended).toEqual(['SKERRY_RPC_DEADLINE_EXCEEDED']);
    });
  });

  describe('of memory', () => {
    const mostMore = 16 * mebibyte;

    test.each([
      ['gzip', createGzip],
      // At its default it takes seconds of the processor for no smaller a bomb.
      ['br', () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
    ])('a body that %s makes 256 MiB of', async (encoding, compress) => {
      const bomb = await compressed(256, compress());
      const send = (body: Uint8Array): Promise<Response> =>
        post(serving, '/shop/ping', body, { 'content-encoding': encoding });
      // What is made once is made before.
      expect((await send(await compressed(0, compress()))).status).toBe(200);
      const before = heldBytes();
      const rssBefore = process.memoryUsage().rss;
      let mostRss = 0;
      const watch = setInterval(() => (mostRss = Math.max(mostRss, process.memoryUsage().rss)), 1);
      expect((await send(bomb)).status).toBe(413);
      clearInterval(watch);
      // Twice as much as may be held: what the process got for its other work is in it.
      expect(mostRss - rssBefore).toBeLessThan(2 * mostMore);
      for (let round = 0; round < 5; round++) expect((await send(bomb)).status).toBe(413);
      // Memory outside of the heap is given back some time after the collection.
      await eventually(() => expect(heldBytes() - before).toBeLessThan(mostMore));
    });

    /** Sends as much as is taken, up to `bytes`, and says how much that was when the connection ended. */
    async function pour(head: string, bytes: number): Promise<{ sent: number; heard: string }> {
      const socket: Socket = connect(serving.port, '127.0.0.1');
      const [chunk, heard] = [Buffer.alloc(64 * 1024, 'a'), [] as string[]];
      let closed = false;
      socket.on('error', () => undefined).on('data', (data) => heard.push(data.toString('latin1')));
      socket.on('close', () => (closed = true));
      await once(socket, 'connect');
      socket.write(head);
      while (!closed && socket.bytesWritten < bytes) {
        const drained = socket.write(chunk);
        if (!drained) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
      }
      await eventually(() => expect(closed).toBe(true));
      return { sent: socket.bytesWritten, heard: heard.join('') };
    }

    test.each([
      [
        'a body without an end',
        413,
        'POST /shop/echo HTTP/1.1\r\nhost: s\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n',
      ],
      [
        'a body that says how large it is',
        413,
        'POST /shop/echo HTTP/1.1\r\nhost: s\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n\r\n',
      ],
      ['a header without an end', 431, 'GET /shop/ping HTTP/1.1\r\nhost: s\r\nx-a: '],
    ])('%s is cut off', async (_what, status, head) => {
      const before = heldBytes();
      const { sent, heard } = await pour(head, 256 * mebibyte);
      expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      // What both sides' sockets hold comes on top of what was read.
      expect(sent).toBeLessThan(mostMore);
      await eventually(() => expect(heldBytes() - before).toBeLessThan(mostMore));
      expect(await (await fetch(`${serving.url}/shop/ping`)).json()).toBeNull();
    });
  });
});
