import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Metadata, ServerCredentials, status, type sendUnaryData } from '@grpc/grpc-js';
import { Module, Skerry, SkerryError, type Application } from '@skerry/core';
import { eventually } from '@skerry-private/test-kit';
import { startBareServer, type BareServer } from './fixtures/bare-server.js';
import { testProto } from './fixtures/interop-service.js';
import type { GrpcServiceOptions } from './client/described-service.js';
import { GrpcModule } from './grpc-module.js';
import type { GrpcOptions } from './grpc-options.js';

/** As whoever reads the `.proto` would write it. */
interface TestService {
  emptyCall(request: object): Promise<object>;
  unaryCall(request: object): Promise<{ payload?: { body: Uint8Array }; username: string }>;
  streamingOutputCall(request: object): AsyncIterable<{ payload: { body: Uint8Array } }>;
  streamingInputCall(requests: AsyncIterable<object>): Promise<{ aggregatedPayloadSize: number }>;
  fullDuplexCall(requests: AsyncIterable<object>): AsyncIterable<{ payload: { body: Uint8Array } }>;
}

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function bare(answers: Parameters<typeof startBareServer>[0] = {}): Promise<BareServer> {
  const server = await startBareServer(answers);
  stops.push(() => server.stop());
  return server;
}

async function calling(addresses: readonly string[], client: GrpcOptions['client'] = {}): Promise<Application> {
  const service: GrpcServiceOptions = { proto: testProto, service: 'grpc.testing.TestService', addresses };
  @Module({ imports: [GrpcModule.forRoot({ client, services: { echo: service } })] })
  class CallerModule {}
  const application = await Skerry.create(CallerModule, { logLevel: 'silent', drainDelayMs: 0 });
  await application.start();
  stops.push(() => application.stop());
  return application;
}

const out = (...sizes: number[]) => ({ responseParameters: sizes.map((size) => ({ size, intervalUs: 0 })) });
const failureOf = (call: Promise<unknown>): Promise<SkerryError> =>
  call.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => error as SkerryError,
  );

test('a service that only a .proto describes is called in all kinds', async () => {
  const server = await bare({
    unary: (call, done) =>
      done(null, { username: `you sent ${String(call.metadata.get('x-who'))}`, payload: { body: Buffer.from('x') } }),
  });
  const echo = (await calling([server.address])).client<TestService>('echo');
  await expect(echo.emptyCall({})).resolves.toEqual({});
  const reply = await (echo.unaryCall as (...args: unknown[]) => Promise<object>)({}, { metadata: { 'x-who': 'Ada' } });
  expect(reply).toMatchObject({ username: 'you sent Ada', payload: { body: new Uint8Array([120]) } });
  const sizes: number[] = [];
  for await (const { payload } of echo.streamingOutputCall(out(3, 100_000, 1))) sizes.push(payload.body.length);
  expect(sizes).toEqual([3, 100_000, 1]);
  const inputs = async function* () {
    for (const size of [10, 20]) yield { payload: { body: new Uint8Array(size) } };
  };
  await expect(echo.streamingInputCall(inputs())).resolves.toEqual({ aggregatedPayloadSize: 30 });
  const outputs = async function* () {
    yield out(1);
    yield out(2, 3);
  };
  const doubled: number[] = [];
  for await (const { payload } of echo.fullDuplexCall(outputs())) doubled.push(payload.body.length);
  expect(doubled).toEqual([1, 2, 3]);
});

test('its failures have its status, its message, and no code but that', async () => {
  const metadata = new Metadata();
  const server = await bare({
    unary: (_call, done) => done({ code: status.NOT_FOUND, details: 'no such ✓', metadata }),
  });
  const echo = (await calling([server.address])).client<TestService>('echo');
  expect(await failureOf(echo.unaryCall({}))).toMatchObject({
    ...{ code: 'NOT_FOUND', status: 'NOT_FOUND', message: 'no such ✓', retryable: false },
  });
});

test('and its details, where it tells them in the standard way', async () => {
  // google.rpc.Status { code: 9, details: [ErrorInfo { reason: "SOLD", domain: "shop", metadata: { sku: "a" } }] }
  const info = Buffer.concat([
    Buffer.from('0a04534f4c44120473686f70', 'hex'),
    Buffer.from('1a080a03736b75120161', 'hex'),
  ]);
  const url = Buffer.from('type.googleapis.com/google.rpc.ErrorInfo');
  const any = Buffer.concat([Buffer.from([10, url.length]), url, Buffer.from([18, info.length]), info]);
  const details = Buffer.concat([Buffer.from([8, 9, 26, any.length]), any]);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', details);
  const server = await bare({ unary: (_call, done) => done({ code: 9, details: 'sold', metadata }) });
  const echo = (await calling([server.address])).client<TestService>('echo');
  expect(await failureOf(echo.unaryCall({}))).toMatchObject({
    ...{ code: 'SOLD', status: 'FAILED_PRECONDITION', message: 'sold', details: { sku: 'a', domain: 'shop' } },
  });
});

test('calls go to all nodes, and past one that cannot be reached', async () => {
  const seen = [0, 0];
  const counting = (at: number) => (_call: unknown, done: sendUnaryData<unknown>) => {
    seen[at]! += 1;
    done(null, {});
  };
  const [one, two] = [await bare({ unary: counting(0) }), await bare({ unary: counting(1) })];
  const gone = await bare();
  gone.stop();
  const echo = (await calling([gone.address, one.address, two.address])).client<TestService>('echo');
  for (let i = 0; i < 60; i++) await echo.unaryCall({});
  expect(seen[0]! + seen[1]!).toBe(60);
  expect(Math.min(...seen)).toBeGreaterThan(0);
});

test('a node that leaves in the middle fails what ran there, and no more', async () => {
  const waiting: sendUnaryData<unknown>[] = [];
  const one = await bare({ unary: (_call, done) => void waiting.push(done) });
  const echo = (await calling([one.address])).client<TestService>('echo');
  const call = failureOf(echo.unaryCall({}));
  await eventually(() => expect(waiting).toHaveLength(1));
  one.stop();
  expect(await call).toMatchObject({ code: 'SKERRY_RPC_CONNECTION_LOST' });
});

test('a deadline is told to the server, which is told that nobody waits any more', async () => {
  let cancelled = 0;
  let deadline = 0;
  const server = await bare({
    unary: (call) => {
      deadline = Number(call.getDeadline()) - Date.now();
      call.on('cancelled', () => (cancelled += 1));
    },
  });
  const echo = (await calling([server.address])).client<TestService>('echo', { timeoutMs: 150 });
  expect(await failureOf(echo.unaryCall({}))).toMatchObject({ code: 'SKERRY_RPC_DEADLINE_EXCEEDED' });
  expect(deadline).toBeLessThanOrEqual(150);
  await eventually(() => expect(cancelled).toBe(1));
});

describe('peers that are not what they should be', () => {
  async function peer(accept: (socket: Socket) => void): Promise<string> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      accept(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('one that is silent costs the patience for a connection, and no more', async () => {
    const silent = await peer((socket) => socket.resume());
    const other = await bare();
    const echo = (await calling([silent, other.address])).client<TestService>('echo', { timeoutMs: 10_000 });
    for (let i = 0; i < 10; i++) expect(await echo.unaryCall({})).toBeDefined();
  });

  test('one that speaks HTTP/1', async () => {
    const old = await peer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const echo = (await calling([old])).client<TestService>('echo', { timeoutMs: 500 });
    expect(await failureOf(echo.unaryCall({}))).toMatchObject({ status: 'UNAVAILABLE' });
  });

  test('one that falls silent is left', async () => {
    const server = await bare({ unary: () => undefined });
    const sockets: Socket[] = [];
    const frozen = await peer((socket) => {
      const [host, port] = server.address.split(':');
      const onward = new (socket.constructor as typeof Socket)();
      onward.connect(Number(port), host!);
      sockets.push(socket, onward);
      stops.push(() => onward.destroy());
      onward.on('error', () => undefined);
      socket.pipe(onward).pipe(socket);
    });
    const application = await calling([frozen], { keepAliveMs: 60_000, keepAliveTimeoutMs: 100 });
    const echo = application.client<TestService>('echo', { timeoutMs: 300 });
    await echo.emptyCall({});
    for (const socket of sockets.splice(0)) socket.unpipe().pause();
    const stalled = await failureOf(echo.emptyCall({}));
    expect(stalled.code).toBe('SKERRY_RPC_DEADLINE_EXCEEDED');
    // It was asked, did not answer, and another connection was made.
    await eventually(async () => expect(await echo.emptyCall({})).toEqual({}));
  });
});

test('grpcs:// is verified', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skerry-grpcs-'));
  stops.push(() => rm(folder, { recursive: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=skerry test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...name]);
  const [private_key, cert_chain] = [await readFile(key), await readFile(cert)];
  const server = await startBareServer({}, ServerCredentials.createSsl(null, [{ private_key, cert_chain }]));
  stops.push(() => server.stop());
  const address = `grpcs://${server.address}`;
  const trusting = (await calling([address], { tls: { ca: cert_chain } })).client<TestService>('echo');
  await expect(trusting.emptyCall({})).resolves.toEqual({});
  const doubting = (await calling([address])).client<TestService>('echo', { timeoutMs: 500 });
  expect(await failureOf(doubting.emptyCall({}))).toMatchObject({ status: 'UNAVAILABLE' });
  const plain = (await calling([server.address])).client<TestService>('echo', { timeoutMs: 500 });
  expect(await failureOf(plain.emptyCall({}))).toMatchObject({ status: 'UNAVAILABLE' });
});

test('a .proto without the service is told at the start', async () => {
  const service: GrpcServiceOptions = { proto: testProto, service: 'grpc.testing.TestServise', addresses: [] };
  @Module({ imports: [GrpcModule.forRoot({ services: { echo: service } })] })
  class CallerModule {}
  const application = await Skerry.create(CallerModule, { logLevel: 'silent' });
  const error = await failureOf(application.start());
  expect(String((error.cause as Error | undefined)?.message ?? error.message)).toContain(
    'did you mean grpc.testing.TestService',
  );
});
