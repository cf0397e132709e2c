import { eventually } from '@skerry-private/test-kit';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ManualClock } from '../clock/manual-clock.js';
import { serveShop, type Serving } from './fixtures/shop.js';

describe('streams by HTTP', () => {
  let serving: Serving;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    serving = await serveShop({ clock, maxMessageBytes: 10_000 });
  });

  afterEach(() => serving.stop());

  const count = (query: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${serving.url}/shop/count?${query}`, { headers });
  const events = { accept: 'text/event-stream' };

  test('sends each message as a line, or as an event with a number', async () => {
    const lines = await count('to=3');
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson');
    expect(await lines.text()).toBe('{"value":1}\n{"value":2}\n{"value":3}\n');
    const sent = await count('to=2', { ...events, 'accept-encoding': 'identity' });
    expect(sent.headers.get('content-type')).toBe('text/event-stream');
    expect(await sent.text()).toBe('id: 1\ndata: {"value":1}\n\nid: 2\ndata: {"value":2}\n\n');
    expect((await count('to=1', { accept: 'application/json' })).headers.get('content-type')).toBe(
      'application/x-ndjson',
    );
    expect((await count('to=1', { accept: 'text/html' })).status).toBe(406);
  });

  test('has a status where it fails before its first message, and a last line or event afterwards', async () => {
    expect((await count('to=many')).status).toBe(400);
    expect((await count('to=0&then=fail')).status).toBe(400);
    const [first, last] = (await (await count('to=1&then=fail')).text()).trim().split('\n');
    expect(first).toBe('{"value":1}');
    expect(JSON.parse(last!)).toMatchObject({ error: { code: 'OUT_OF_STOCK', detail: 'no more of it' } });
    const sent = await (await count('to=1&then=break', events)).text();
    expect(sent).toMatch(/\n\nevent: error\ndata: \{.*SKERRY_RPC_INTERNAL.*\}\n\n$/);
    expect(sent).not.toContain('1234');
  });

  test('compresses what it sends, and sends it nevertheless at once', async () => {
    const response = await count('to=2&then=wait', { 'accept-encoding': 'gzip' });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let said = '';
    while (!said.includes('2}\n')) said += (await reader.read()).value ?? '';
    expect(said).toBe('{"value":1}\n{"value":2}\n');
    await reader.cancel();
    await eventually(() => expect(serving.shop.done).toBe(1));
  });

  test('tells a silent client that it is at work, and keeps its connection by comments', async () => {
    let opened = false;
    const opening = count('to=0&then=wait', { ...events, 'accept-encoding': 'identity' });
    void opening.then(() => (opened = true));
    await eventually(async () => {
      await clock.advance(100);
      expect(opened).toBe(true);
    });
    const reader = (await opening).body!.pipeThrough(new TextDecoderStream()).getReader();
    await clock.advance(15_000);
    expect((await reader.read()).value).toBe(': still here\n\n');
    await reader.cancel();
  });

  test('goes at the pace of whoever reads, and ends the generator when the client is gone', async () => {
    const socket = connect(serving.port, '127.0.0.1');
    socket.write('GET /shop/count?to=100000&then=large HTTP/1.1\r\nhost: shop\r\n\r\n');
    socket.pause();
    const { shop } = serving;
    let before = -1;
    await eventually(
      () => {
        const { produced } = shop;
        const still = produced > 0 && produced === before;
        before = produced;
        if (!still) throw new Error(`${produced} messages, and more`);
      },
      { withinMs: 5_000, everyMs: 50 },
    );
    // What the system and node hold is a few megabytes, far from the hundred that there are.
    expect(shop.produced).toBeLessThan(20_000);
    socket.destroy();
    await eventually(() => expect(shop.done).toBe(1));
  });

  const lines = (...all: unknown[]): string => all.map((each) => `${JSON.stringify(each)}\n`).join('');
  const upload = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${serving.url}${path}`, {
      method: 'POST',
      body: body as string,
      headers: { 'content-type': 'application/x-ndjson', ...headers },
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit);

  test('takes each line of a body as a message', async () => {
    const body = lines({ sku: 'a', count: 1 }, { sku: 'b', count: 2 }).replace(/\n$/, '');
    expect(await (await upload('/shop/sum', body)).json()).toBe(3);
    expect(await (await upload('/shop/sum', gzipSync(body), { 'content-encoding': 'gzip' })).json()).toBe(3);
    const wrong = await upload('/shop/sum', lines({ sku: 'a', count: 'x' }));
    expect(await wrong.json()).toMatchObject({ status: 400, fields: [{ path: 'count' }] });
    expect((await upload('/shop/sum', '{\n')).status).toBe(400);
    expect((await upload('/shop/sum', '[]', { 'content-type': 'application/json' })).status).toBe(415);
    expect((await upload('/shop/sum', `"${'x'.repeat(20_000)}"\n`)).status).toBe(413);
    expect((await upload('/shop/sum', 'no gzip', { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  test('takes any number of lines, each within its limit', async () => {
    let left = 20_000;
    const body = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(Buffer.from(lines({ sku: 'x'.repeat(100), count: 1 })));
        else controller.close();
      },
    });
    expect(await (await upload('/shop/sum', body)).json()).toBe(20_000);
  });

  test('answers as soon as the handler has seen enough', async () => {
    const socket = connect(serving.port, '127.0.0.1');
    socket.write(
      'POST /shop/first HTTP/1.1\r\nhost: shop\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const line = lines({ sku: 'a', count: 1 });
    socket.write(`${line.length.toString(16)}\r\n${line}\r\n`);
    let said = '';
    socket.on('data', (data) => (said += data.toString()));
    await new Promise((resolve) => socket.once('end', resolve));
    expect(said).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*"a"$/i);
    socket.destroy();
  });
});
