import { eventually } from '@skerry-private/test-kit';
import { gzipSync } from 'node:zlib';
import type { Codec } from '../codec/codec.js';
import { serveShop, type Serving } from './fixtures/shop.js';

/** Bytes that are a number's text, backwards: nothing that JSON could be taken for. */
const backwards: Codec = {
  name: 'backwards',
  contentType: 'application/x-backwards',
  encode: (message) => Buffer.from([...JSON.stringify(message)].reverse().join('')),
  decode: (bytes) => JSON.parse([...Buffer.from(bytes).toString()].reverse().join('')) as unknown,
};

describe('calls by HTTP', () => {
  let serving: Serving;

  beforeAll(async () => {
    serving = await serveShop({ codecs: [backwards], maxMessageBytes: 100_000 });
  });

  afterAll(() => serving.stop());

  function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body);
    return fetch(`${serving.url}${path}`, {
      method: 'POST',
      body: text,
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  test('answers a POST with what the handler returns', async () => {
    const response = await post('/shop/hello', { name: 'Ada' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(await response.json()).toEqual({ message: 'Hello Ada' });
  });

  test.each([1, 1_800, 9_000])('answers with the same bytes, whatever is in them: %i times', async (times) => {
    const name = '\u00e9\u20ac\u{1f600}'.repeat(times);
    const response = await post('/shop/echo', { name }, { 'accept-encoding': 'identity' });
    const body = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBe(String(body.length));
    expect(body).toEqual(Buffer.from(JSON.stringify({ name })));
  });

  test('takes JSON where the client does not say what it sends, and no body where the handler takes none', async () => {
    const bare = await fetch(`${serving.url}/shop/hello`, { method: 'POST', body: new Blob(['{"name":"Ada"}']) });
    expect(await bare.json()).toEqual({ message: 'Hello Ada' });
    const empty = await fetch(`${serving.url}/shop/ping`, { method: 'POST' });
    expect(await empty.json()).toBeNull();
  });

  test('says field by field what is wrong with a message', async () => {
    const response = await post('/shop/orderLike', { lines: [{ sku: 'A', count: 'three' }] });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      type: 'urn:skerry:error:SKERRY_VALIDATION_FAILED',
      title: 'A message does not satisfy its class.',
      status: 400,
      code: 'SKERRY_VALIDATION_FAILED',
      statusName: 'INVALID_ARGUMENT',
      retryable: false,
      fields: [{ path: 'lines[0].count', messages: ['count must be an integer number'] }],
      origin: { service: 'shop', node: 'shop-1' },
      traceId: response.headers.get('x-request-id'),
    });
  });

  test.each([
    ['INVALID_ARGUMENT', 400],
    ['UNAUTHENTICATED', 401],
    ['PERMISSION_DENIED', 403],
    ['NOT_FOUND', 404],
    ['ALREADY_EXISTS', 409],
    ['ABORTED', 409],
    ['RESOURCE_EXHAUSTED', 429],
    ['CANCELLED', 499],
    ['INTERNAL', 500],
    ['UNIMPLEMENTED', 501],
    ['UNAVAILABLE', 503],
    ['DEADLINE_EXCEEDED', 504],
  ])('an error of status %s is a %i', async (status, expected) => {
    const response = await post('/shop/fails', { status, retryable: true, details: { sku: 'A1' } });
    expect(response.status).toBe(expected);
    expect(response.headers.get('retry-after')).toBe(expected === 429 || expected === 503 ? '1' : null);
    expect(await response.json()).toMatchObject({
      code: 'OUT_OF_STOCK',
      detail: 'no more of it',
      retryable: true,
      details: { sku: 'A1' },
    });
  });

  test('never shows what was not meant to be seen', async () => {
    const response = await post('/shop/fails', '"unmeant"');
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain('SKERRY_RPC_INTERNAL');
    expect(text).not.toMatch(/1234|TypeError|\.ts/);
  });

  test('names the nearest where nothing has the path', async () => {
    const response = await post('/shop/helo', {});
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'SKERRY_RPC_UNKNOWN_ENDPOINT',
      details: { nearest: expect.arrayContaining(['shop.hello']) as unknown },
    });
    expect((await post('/', {})).status).toBe(405);
    expect((await post('/a/b/c', {})).status).toBe(404);
  });

  test('reads by GET what is declared readOnly, with the query as its message', async () => {
    const response = await fetch(`${serving.url}/shop/search?text=a%20b&limit=3&sale=true&sizes=1&sizes=2&__proto__=x`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ text: 'a b', limit: 3, sale: true, sizes: [1, 2] });
    expect(await (await fetch(`${serving.url}/shop/search?text=7&sizes=4`)).json()).toEqual({ text: '7', sizes: [4] });
    const head = await fetch(`${serving.url}/shop/search?text=a`, { method: 'HEAD' });
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([200, '', '12']);
  });

  test('leaves it to the message to say what a query lacks', async () => {
    const response = await fetch(`${serving.url}/shop/search?text=a&limit=many&sale=perhaps`);
    const { fields } = (await response.json()) as { fields: { path: string }[] };
    expect(fields.map(({ path }) => path)).toEqual(['limit', 'sale']);
  });

  test('says to POST what a query cannot hold', async () => {
    const response = await fetch(`${serving.url}/shop/orderLike?lines=1`);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { detail: string }).detail).toContain('POST it to /shop/orderLike');
    expect((await fetch(`${serving.url}/shop/search?text=%zz`)).status).toBe(400);
  });

  test('refuses other methods, and says which there are', async () => {
    for (const [path, method, allow] of [
      ['/shop/hello', 'GET', 'POST, OPTIONS'],
      ['/shop/search', 'DELETE', 'GET, HEAD, POST, OPTIONS'],
    ] as const) {
      const response = await fetch(`${serving.url}${path}`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
      await response.text();
    }
    const options = await fetch(`${serving.url}/shop/search`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, OPTIONS']);
  });

  test('speaks every codec of the application, by content type', async () => {
    const sent = [...'{"name":"Ada"}'].reverse().join('');
    const type = { 'content-type': backwards.contentType };
    const same = await post('/shop/hello', sent, type);
    expect(same.headers.get('content-type')).toBe(backwards.contentType);
    expect(await same.text()).toBe('}"adA olleH":"egassem"{');
    const other = await post('/shop/hello', sent, { ...type, accept: 'application/json;q=0.9, text/html' });
    expect(await other.json()).toEqual({ message: 'Hello Ada' });
  });

  test('refuses what it cannot read, and what it cannot write', async () => {
    const read = await post('/shop/hello', '<name>Ada</name>', { 'content-type': 'text/xml; charset=utf-8' });
    expect(read.status).toBe(415);
    expect(((await read.json()) as { detail: string }).detail).toContain('application/json, application/x-backwards');
    const written = await post('/shop/hello', { name: 'Ada' }, { accept: 'image/png, application/json;q=0' });
    expect(written.status).toBe(406);
    expect(await written.json()).toMatchObject({ code: 'SKERRY_HTTP_NOT_ACCEPTABLE' });
  });

  test('gives the handler what the headers say', async () => {
    const response = await post('/shop/context', '', {
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      tracestate: 'a=b',
      baggage: 'user=ada',
      'idempotency-key': 'k1',
      'x-timeout-ms': '700',
      'x-meta-tenant': 'acme',
    });
    const { remainingMs, ...rest } = (await response.json()) as { remainingMs: number };
    expect(rest).toEqual({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentSpanId: '00f067aa0ba902b7',
      traceState: 'a=b',
      baggage: { user: 'ada' },
      idempotencyKey: 'k1',
      metadata: { tenant: 'acme' },
    });
    expect(remainingMs).toBeGreaterThan(0);
    expect(remainingMs).toBeLessThanOrEqual(700);
    expect(response.headers.get('x-request-id')).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  test('gives up at the deadline, and tells the handler', async () => {
    const { ended } = serving.shop;
    ended.length = 0;
    const response = await post('/shop/waits', '', { 'x-timeout-ms': '20' });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({
      code: 'SKERRY_RPC_DEADLINE_EXCEEDED',
      statusName: 'DEADLINE_EXCEEDED',
    });
    expect(ended).toEqual(['SKERRY_RPC_DEADLINE_EXCEEDED']);
    for (const wrong of ['soon', '-1', '1.5', '99999999999']) {
      expect((await post('/shop/ping', '', { 'x-timeout-ms': wrong })).status).toBe(400);
    }
  });

  test('cancels what a client does not wait for any more', async () => {
    const { shop } = serving;
    shop.ended.length = 0;
    const before = shop.waiting;
    const controller = new AbortController();
    const call = fetch(`${serving.url}/shop/waits`, { method: 'POST', signal: controller.signal });
    await eventually(() => expect(shop.waiting).toBe(before + 1));
    controller.abort();
    await expect(call).rejects.toThrow();
    await eventually(() => expect(shop.ended).toEqual(['SKERRY_RPC_CANCELLED']));
  });

  test('compresses what is large for who asks for it, and reads what is compressed', async () => {
    for (const coding of ['gzip', 'br']) {
      const response = await post('/shop/big', '5000', { 'accept-encoding': `${coding}, identity;q=0.5` });
      expect(response.headers.get('content-encoding')).toBe(coding);
      expect(Number(response.headers.get('content-length'))).toBeLessThan(200);
      expect(await response.json()).toBe('x'.repeat(5000));
    }
    const small = await post('/shop/big', '500', { 'accept-encoding': 'gzip' });
    expect(small.headers.get('content-encoding')).toBeNull();
    const sent = gzipSync(JSON.stringify({ name: 'Ada' }));
    expect(await (await post('/shop/hello', sent as unknown, { 'content-encoding': 'gzip' })).json()).toEqual({
      message: 'Hello Ada',
    });
    expect((await post('/shop/hello', 'no gzip', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('/shop/hello', '{}', { 'content-encoding': 'rot13' })).status).toBe(415);
  });

  test('refuses bodies beyond the limit, compressed or not, and replies beyond it', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));
    expect((await post('/shop/echo', bomb as unknown, { 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await post('/shop/echo', JSON.stringify('x'.repeat(100_000)))).status).toBe(413);
    const reply = await post('/shop/big', '100000');
    expect(reply.status).toBe(500);
    expect(await reply.json()).toMatchObject({ code: 'SKERRY_TRANSPORT_FRAME_TOO_LARGE' });
  });

  test('says which other ways there are to stream both ways', async () => {
    const response = await post('/shop/doubles', '');
    expect(response.status).toBe(400);
    expect(((await response.json()) as { detail: string }).detail).toMatch(/native.*WebSocket.*gRPC/);
  });

  test('lists what there is', async () => {
    const { services } = (await (await fetch(`${serving.url}/`)).json()) as {
      services: { name: string; handlers: { name: string }[] }[];
    };
    expect(services.map(({ name }) => name)).toEqual(['shop']);
    expect(services[0]!.handlers).toContainEqual({
      ...{ name: 'search', kind: 'unary', methods: ['GET', 'POST'], path: '/shop/search' },
    });
  });
});
