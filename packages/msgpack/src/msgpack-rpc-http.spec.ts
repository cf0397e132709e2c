import { Agent } from 'node:https';
import { Context, Handler, Module, Service, Skerry, SkerryError, type Application, type Peer } from '@skerry/core';
import { decode, encode } from '@msgpack/msgpack';
import { CertificateAuthority, eventually, openHandles, secureFetch, type OpenHandles } from '@skerry-private/test-kit';
import { IsString, Length } from 'class-validator';
import { MsgpackModule } from './msgpack-module.js';

let peer: Peer | undefined;

class HelloRequest {
  @IsString() @Length(1, 80) name!: string;
}

const noted: string[] = [];

@Service('greeter')
class Greeter {
  @Handler()
  async hello({ name }: HelloRequest): Promise<object> {
    peer = Context.current()?.peer;
    return { message: `Hello ${name}`, at: new Date(5), bytes: Uint8Array.of(1, 2) };
  }
  @Handler()
  async note({ name }: HelloRequest): Promise<void> {
    noted.push(name);
  }
  @Handler()
  async sell(): Promise<void> {
    throw new SkerryError('OUT_OF_STOCK', 'no more of it', { status: 'UNAVAILABLE', details: { sku: 'a-1' } });
  }
}

@Module({ imports: [MsgpackModule.forRoot()], providers: [Greeter] })
class Root {}

const contentType = 'application/msgpack-rpc';
let application: Application;
let handles: OpenHandles;
beforeAll(async () => {
  handles = openHandles();
  application = await Skerry.create(Root, { logLevel: 'silent', drainDelayMs: 0 });
  await application.start();
});
afterAll(async () => {
  await application.stop();
  await handles.nothingMore();
});

async function post(body: Uint8Array): Promise<{ status: number; type: string | null; answer: Uint8Array }> {
  const response = await fetch(`${application.address!.replace('tcp:', 'http:')}/rpc`, {
    ...{ method: 'POST', body: Buffer.from(body) },
    headers: { 'content-type': contentType, connection: 'close' },
  });
  const { status, headers } = response;
  return { status, type: headers.get('content-type'), answer: new Uint8Array(await response.arrayBuffer()) };
}

/** The answer to `[0, id, method, params]`, as a library of MessagePack reads it. */
async function call(id: number | string, method: string, ...params: unknown[]): Promise<unknown> {
  const { status, type, answer } = await post(encode([0, id, method, params]));
  expect([status, type]).toEqual([200, contentType]);
  return decode(answer);
}

describe('MessagePack-RPC by HTTP', () => {
  test('is answered by the message, of every type', async () => {
    const reply = { message: 'Hello Ada', at: new Date(5), bytes: Uint8Array.of(1, 2) };
    expect(await call(7, 'greeter.hello', { name: 'Ada' })).toEqual([1, 7, null, reply]);
    expect(await call('a-b', 'Greeter.Hello', { name: 'Ada' })).toEqual([1, 'a-b', null, reply]);
    expect(await call(2 ** 32 - 1, 'greeter.note', { name: 'Ada' })).toEqual([1, 2 ** 32 - 1, null, null]);
  });

  test('is told failures', async () => {
    const failed = (code: number, message: unknown, data: object): unknown[] => [
      ...[1, 1],
      { code, message, data: expect.objectContaining(data) as object },
      null,
    ];
    const text = expect.any(String) as string;
    expect(await call(1, 'greeter.nothing')).toEqual(failed(-32_601, text, { code: 'SKERRY_RPC_UNKNOWN_ENDPOINT' }));
    expect(await call(1, 'greeter.hello', { name: '' })).toEqual(
      failed(-32_602, text, { code: 'SKERRY_VALIDATION_FAILED' }),
    );
    expect(await call(1, 'greeter.sell')).toEqual(
      failed(-32_000, 'no more of it', { code: 'OUT_OF_STOCK', status: 'UNAVAILABLE', details: { sku: 'a-1' } }),
    );
  });

  test('takes notifications, and answers none', async () => {
    noted.length = 0;
    for (const name of ['greeter.note', 'greeter.nothing', 'greeter.sell']) {
      const { status, answer } = await post(encode([2, name, [{ name: 'Bob' }]]));
      expect([status, answer.length]).toEqual([204, 0]);
    }
    await eventually(() => expect(noted).toEqual(['Bob']));
  });

  test.each([
    ['half a request', encode([0, 1, 'greeter.hello', [{ name: 'Ada' }]]).subarray(0, 9)],
    ['an answer', encode([1, 1, null, null])],
    ['JSON', Buffer.from('{"jsonrpc":"2.0"}')],
    ['nothing', new Uint8Array()],
  ])('refuses %s', async (_what, body) => {
    const { status, answer } = await post(body);
    expect(status).toBe(400);
    expect(JSON.parse(Buffer.from(answer).toString())).toMatchObject({ code: 'SKERRY_HTTP_REQUEST_INVALID' });
  });

  test('handlers see who the peer is by its certificate', async () => {
    const authority = await CertificateAuthority.create();
    const ca = authority.certificate;
    const [own, shown] = await Promise.all([
      authority.issue(),
      authority.issue({ uris: ['spiffe://shop.example/orders'] }),
    ]);
    const tls = { ...own, ca, requireClientCertificate: true };
    const secured = await Skerry.create(Root, {
      logLevel: 'silent',
      drainDelayMs: 0,
      listen: 'tls://127.0.0.1:0',
      tls,
    });
    await secured.start();
    const agent = new Agent({ cert: shown.certificate, key: shown.key, ca });
    const { status } = await secureFetch(agent)(`${secured.address!.replace('tls:', 'https:')}/rpc`, {
      ...{ method: 'POST', headers: { 'content-type': contentType } },
      body: Buffer.from(encode([0, 1, 'greeter.hello', [{ name: 'Ada' }]])),
    });
    expect(status).toBe(200);
    expect(peer?.identity?.spiffeId).toBe('spiffe://shop.example/orders');
    agent.destroy();
    await secured.stop();
  });
});
