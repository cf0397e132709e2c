import { Agent, request } from 'node:https';
import { connect } from 'node:tls';
import { credentials, status } from '@grpc/grpc-js';
import {
  MemoryRegistryDriver,
  MemoryRegistryEngine,
  messageSchema,
  Module,
  REGISTRY_DRIVER,
  SERVICE_DESCRIPTIONS,
  Skerry,
  SystemClock,
  type Application,
  type DynamicModule,
  type MessageCodec,
  type ServiceDescription,
} from '@skerry/core';
import { ProtobufCodec } from '@skerry/protobuf';
import { CertificateAuthority, openHandles, type OpenHandles } from '@skerry-private/test-kit';
import { GrpcClientProtocol } from './client/grpc-protocol.js';
import { answerOf, BareClient, type Answer } from './fixtures/bare-client.js';
import { HelloReply, HelloRequest, seen, startShop, type Greeter } from './fixtures/shop.js';
import { GrpcModule } from './grpc-module.js';

const protobuf = new ProtobufCodec();
const [hello, reply] = [HelloRequest, HelloReply].map((type) => protobuf.forSchema(messageSchema(type).jsonSchema)) as [
  MessageCodec,
  MessageCodec,
];

let authority: CertificateAuthority;
let shop: Application;
let port: number;
let clients: BareClient[] = [];
let handles: OpenHandles;
beforeAll(async () => {
  handles = openHandles();
  authority = await CertificateAuthority.create();
  const tls = { ...(await authority.issue()), ca: authority.certificate };
  shop = await startShop({}, { listen: 'tls://127.0.0.1:0', tls });
  port = Number(new URL(shop.address!.replace('tls:', 'https:')).port);
});
afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
});
afterAll(async () => {
  await shop.stop();
  await handles.nothingMore();
});

/** Says hello by grpc-js' own client, which trusts whom it is told to. */
function sayHello(ca: string, options: object = {}): Promise<Answer> {
  const client = new BareClient(`127.0.0.1:${port}`, credentials.createSsl(Buffer.from(ca)), {
    ...{ 'grpc.ssl_target_name_override': 'localhost', ...options, 'grpc.use_local_subchannel_pool': 1 },
  });
  clients.push(client);
  const stream = client.stream('/shop.Greeter/hello', {}, { deadline: Date.now() + 5_000 });
  return answerOf(stream, [hello.encode({ name: 'Ada' })]);
}

/** What a peer that knows these protocols agrees on with the port. */
function agreed(ALPNProtocols: string[]): Promise<string | false | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.certificate, ALPNProtocols }, () => {
      resolve(socket.alpnProtocol);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test('a client that has the authority calls, and agrees on HTTP/2', async () => {
  const answer = await sayHello(authority.certificate);
  expect(answer.status).toMatchObject({ code: status.OK });
  expect(answer.messages.map((each) => reply.decode(each))).toEqual([{ message: 'Hello Ada' }]);
  await expect(agreed(['h2'])).resolves.toBe('h2');
});

test('a client of grpc-js is known to handlers by its certificate, where one is required', async () => {
  const ca = authority.certificate;
  const served = await startShop(
    {},
    { listen: 'tls://127.0.0.1:0', tls: { ...(await authority.issue()), ca, requireClientCertificate: true } },
  );
  const { certificate, key } = await authority.issue({ uris: ['spiffe://shop.example/orders'] });
  const shown = credentials.createSsl(...([ca, key, certificate].map((each) => Buffer.from(each)) as [Buffer]));
  const client = new BareClient(served.target.replace('tls://', ''), shown, {
    ...{ 'grpc.ssl_target_name_override': 'localhost', 'grpc.use_local_subchannel_pool': 1 },
  });
  clients.push(client);
  seen.contexts = [];
  for (let calls = 0; calls < 2; calls++) {
    const metadata = { 'x-identity': 'spiffe://shop.example/admin' };
    await client.call('/shop.Greeter/hello', [hello.encode({ name: 'Ada' })], metadata, {
      deadline: Date.now() + 5_000,
    });
  }
  const [first, second] = seen.contexts.map(({ peer }) => peer);
  expect(first).toMatchObject({
    address: expect.stringMatching(/^tls:\/\/127\.0\.0\.1:\d+$/),
    identity: { spiffeId: 'spiffe://shop.example/orders' },
  });
  expect(second).toBe(first);
  await served.stop();
});

test('a client that has another authority, or expects another name, does not call', async () => {
  const other = await CertificateAuthority.create('Other CA');
  const untrusted = await sayHello(other.certificate);
  expect(untrusted.status.code).toBe(status.UNAVAILABLE);
  expect(untrusted.status.details).toMatch(/certificate/);
  const misnamed = await sayHello(authority.certificate, { 'grpc.ssl_target_name_override': 'bank.example' });
  expect(misnamed.status.code).toBe(status.UNAVAILABLE);
  expect(misnamed.status.details).toMatch(/altnames|bank\.example/);
});

test('HTTPS and the native protocol are on the same port', async () => {
  const agent = new Agent({ ca: authority.certificate, ALPNProtocols: ['http/1.1'] });
  const answered = await new Promise<string>((resolve, reject) => {
    const call = request({
      ...{ host: '127.0.0.1', port, agent, method: 'POST', path: '/shop.Greeter/hello' },
      headers: { 'content-type': 'application/json' },
    });
    call.on('error', reject).on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text));
    });
    call.end(JSON.stringify({ name: 'Ada' }));
  });
  agent.destroy();
  expect(JSON.parse(answered)).toEqual({ message: 'Hello Ada' });
  await expect(agreed(['http/1.1'])).resolves.toBe('http/1.1');
  // Browsers and proxies name both, and are served what they can use.
  await expect(agreed(['h2', 'http/1.1'])).resolves.toBe('http/1.1');
  await expect(agreed(['skerry'])).resolves.toBe('skerry');
  await expect(agreed(['spdy/3'])).rejects.toThrow(/alert|protocol/);
});

test('a peer that speaks HTTP/2 without TLS is refused', async () => {
  const client = BareClient.at(`127.0.0.1:${port}`);
  clients.push(client);
  const stream = client.stream('/shop.Greeter/hello', {}, { deadline: Date.now() + 5_000 });
  const answer = await answerOf(stream, [hello.encode({ name: 'Ada' })]);
  expect(answer.status.code).toBe(status.UNAVAILABLE);
});

/** Of applications that find each other, and nobody else. */
function registry(engine: MemoryRegistryEngine): DynamicModule {
  class Registry {}
  Module()(Registry);
  const driver = { provide: REGISTRY_DRIVER, useFactory: () => new MemoryRegistryDriver(engine) };
  return { module: Registry, global: true, providers: [driver], exports: [REGISTRY_DRIVER] };
}

test('applications call each other with the certificates of their option tls, both verified', async () => {
  const engine = new MemoryRegistryEngine(new SystemClock());
  const issued = { ...(await authority.issue()), ca: authority.certificate };
  const tls = { ...issued, requireClientCertificate: true };
  const served = await startShop({}, { listen: 'tls://127.0.0.1:0', tls }, [registry(engine)]);
  class CallerModule {}
  Module({ imports: [GrpcModule.forRoot(), registry(engine)] })(CallerModule);
  const calling = async (own: object): Promise<unknown> => {
    const caller = await Skerry.create(CallerModule, { logLevel: 'silent', drainDelayMs: 0, tls: own });
    await caller.start();
    const greeter = caller.client<Greeter>('shop.Greeter', { protocol: 'grpc', retries: 0, timeoutMs: 2_000 });
    const answer = await greeter.hello({ name: 'Ada' }).catch((error: unknown) => error);
    await caller.stop();
    return answer;
  };
  expect(await calling(issued)).toEqual({ message: 'Hello Ada' });
  expect(await calling({ ca: authority.certificate })).toMatchObject({ status: 'UNAVAILABLE' });
  const other = await CertificateAuthority.create('Other CA');
  expect(await calling({ ...issued, ca: other.certificate })).toMatchObject({ status: 'UNAVAILABLE' });
  await served.stop();
});

test('a connection is for the service that is called, where services have names of their own', async () => {
  const ca = authority.certificate;
  const tls = { ...(await authority.issue({ uris: ['spiffe://shop.example/shop.Greeter'] })), ca };
  const served = await startShop({}, { listen: 'tls://127.0.0.1:0', tls });
  const grpc = served.address!.replace('tls:', 'grpcs:');
  const messages = { request: messageSchema(HelloRequest).jsonSchema, reply: messageSchema(HelloReply).jsonSchema };
  const endpoints = [{ name: 'hello', kind: 'unary' as const, idempotent: false, readOnly: false, ...messages }];
  const described = ['shop.Greeter', 'bank.Teller'].map((service): ServiceDescription => {
    const node = { service, id: `${service}-1`, version: '1.0.0', addresses: { grpc }, weight: 1 };
    return { service, endpoints, nodes: [{ ...node, metadata: {}, endpoints, ttlMs: Infinity, epoch: 0 }] };
  });
  class CallerModule {}
  Module({
    imports: [GrpcModule.forRoot()],
    providers: [{ provide: SERVICE_DESCRIPTIONS, useValue: described, multi: true }],
  })(CallerModule);
  const serverName = 'spiffe://shop.example/{service}';
  const caller = await Skerry.create(CallerModule, { logLevel: 'silent', drainDelayMs: 0, tls: { ca, serverName } });
  await caller.start();
  const hello = (service: string): Promise<unknown> =>
    Promise.resolve(caller.client<Greeter>(service, { retries: 0, timeoutMs: 2_000 }).hello({ name: 'Ada' }));
  await expect(hello('shop.Greeter')).resolves.toEqual({ message: 'Hello Ada' });
  await expect(hello('bank.Teller')).rejects.toMatchObject({
    code: 'SKERRY_RPC_CONNECT_FAILED',
    message: expect.stringContaining('it is spiffe://shop.example/shop.Greeter, not spiffe://shop.example/bank.Teller'),
  });
  await caller.stop();
  await served.stop();
});

test('names by service are none of its own options for TLS', () => {
  const options = { client: { tls: { servername: '{service}.shop.example' } } };
  expect(() => new GrpcClientProtocol(options.client)).toThrow(
    /tls\.servername is "\{service\}.*tls\.serverName of the app/,
  );
});
