import { Agent } from 'node:https';
import { Context, Handler, Module, Service, Skerry, SkerryError, type Application, type Peer } from '@skerry/core';
import { CertificateAuthority, openHandles, secureFetch, type OpenHandles } from '@skerry-private/test-kit';
import { deserialize, serialize, type Document } from 'bson';
import { IsString, Length } from 'class-validator';
import { BsonModule } from './bson-module.js';

let peer: Peer | undefined;

class HelloRequest {
  @IsString() @Length(1, 80) name!: string;
}

@Service('Greeter')
class Greeter {
  @Handler()
  async hello({ name }: HelloRequest): Promise<object> {
    peer = Context.current()?.peer;
    return { message: `Hello ${name}`, at: new Date(5) };
  }
  @Handler()
  async sell(): Promise<void> {
    throw new SkerryError('OUT_OF_STOCK', 'no more of it', { status: 'UNAVAILABLE', details: { sku: 'a-1' } });
  }
}

@Module({ imports: [BsonModule.forRoot()], providers: [Greeter] })
class Root {}

const contentType = 'application/bson-rpc';
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

async function post(body: Buffer): Promise<{ status: number; type: string | null; answer: Buffer }> {
  const response = await fetch(`${application.address!.replace('tcp:', 'http:')}/rpc`, {
    ...{ method: 'POST', body: new Blob([new Uint8Array(body)]) },
    headers: { 'content-type': contentType, connection: 'close' },
  });
  const { status, headers } = response;
  return { status, type: headers.get('content-type'), answer: Buffer.from(await response.arrayBuffer()) };
}

/** Both documents of the answer, as MongoDB's library reads them. */
async function call(head: object, message: object): Promise<Document[]> {
  const { status, type, answer } = await post(Buffer.concat([serialize(head), serialize(message)]));
  expect([status, type]).toEqual([200, contentType]);
  const headBytes = answer.readInt32LE(0);
  return [deserialize(answer.subarray(0, headBytes)), deserialize(answer.subarray(headBytes))];
}

describe('bson-rpc by HTTP', () => {
  test('is answered by a header and the message', async () => {
    expect(await call({ ServiceMethod: 'Greeter.Hello', Seq: '7' }, { name: 'Ada' })).toEqual([
      { ServiceMethod: 'Greeter.Hello', Seq: '7', Error: '' },
      { message: 'Hello Ada', at: new Date(5) },
    ]);
  });

  test.each([
    ['nothing', {}, -32_601, 'SKERRY_RPC_UNKNOWN_ENDPOINT', /nothing/],
    ['hello', { name: '' }, -32_602, 'SKERRY_VALIDATION_FAILED', /name/],
    ['sell', {}, -32_000, 'OUT_OF_STOCK', /^no more of it$/],
  ])('is told the failure of %s', async (method, message, Code, code, text) => {
    const ServiceMethod = `Greeter.${method}`;
    const [head, body] = await call({ ServiceMethod, Seq: 'x' }, message);
    expect(head).toMatchObject({ ServiceMethod, Seq: 'x', Code, Data: { code } });
    expect(head!['Error']).toMatch(text);
    expect(body).toEqual({});
  });

  const whole = Buffer.concat([serialize({ ServiceMethod: 'Greeter.hello', Seq: '1' }), serialize({ name: 'Ada' })]);
  test.each([
    ['half a header', whole.subarray(0, 20)],
    ['half a message', whole.subarray(0, -3)],
    ['more than a call', Buffer.concat([whole, serialize({})])],
    ['an answer', Buffer.concat([serialize({ ServiceMethod: 'Greeter.hello', Seq: '1', Error: '' }), serialize({})])],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', async (_what, body) => {
    const { status, answer } = await post(body);
    expect(status).toBe(400);
    expect(JSON.parse(answer.toString())).toMatchObject({ code: 'SKERRY_HTTP_REQUEST_INVALID' });
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
      body: Buffer.from(whole),
    });
    expect(status).toBe(200);
    expect(peer?.identity?.spiffeId).toBe('spiffe://shop.example/orders');
    agent.destroy();
    await secured.stop();
  });
});
