import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  compressionAlgorithms,
  credentials,
  loadPackageDefinition,
  Metadata,
  status,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  type GrpcObject,
  type ServiceClientConstructor,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Application } from '@skerry/core';
import { openHandles, type OpenHandles } from '@skerry-private/test-kit';
import { startInterop, testProto } from './fixtures/interop-service.js';

interface WithPayload {
  readonly payload: { readonly body: Buffer };
}
interface Aggregated {
  readonly aggregatedPayloadSize: number;
}
type Done<T> = (error: ServiceError | null, reply?: T) => void;
type Unary = (
  request: object,
  metadata: Metadata,
  options: object,
  done: Done<WithPayload>,
) => ClientReadableStream<never>;

/** What grpc-js makes of `grpc.testing.TestService`. */
type TestClient = Client & {
  readonly [name in 'emptyCall' | 'unaryCall' | 'unimplementedCall']: Unary;
} & {
  streamingOutputCall(request: object): ClientReadableStream<WithPayload>;
  streamingInputCall(done: Done<Aggregated>): ClientWritableStream<object>;
  fullDuplexCall(metadata?: Metadata, options?: object): ClientDuplexStream<object, WithPayload>;
};

const definition = loadSync(testProto, { includeDirs: [join(import.meta.dirname, 'fixtures/protos')] });
const { testing } = (loadPackageDefinition(definition) as unknown as { grpc: { testing: GrpcObject } }).grpc;

function open(target: string, options: object = {}, service = 'TestService'): TestClient {
  const Made = testing[service] as ServiceClientConstructor;
  const client = new Made(target, credentials.createInsecure(), {
    ...options,
    ...ownConnection,
  }) as unknown as TestClient;
  clients.push(client);
  return client;
}

/** That is closed with the client. */
const ownConnection = { 'grpc.use_local_subchannel_pool': 1 };
const clients: Client[] = [];
let handles: OpenHandles;
let application: Application & { readonly target: string };
let client: TestClient;
beforeAll(async () => {
  handles = openHandles();
  application = await startInterop({ server: { compression: 'gzip' } });
  client = open(application.target);
});
afterAll(async () => {
  for (const each of clients) each.close();
  await application.stop();
  await handles.nothingMore();
});

const zeros = (size: number): { payload: { body: Buffer } } => ({ payload: { body: Buffer.alloc(size) } });
const asking = (size: number, body = 0, intervalUs = 0): object => ({
  ...zeros(body),
  responseParameters: [{ size, intervalUs }],
});
const large = { responseSize: 314_159, ...zeros(271_828) };

interface Outcome<T = WithPayload> {
  readonly reply: T | undefined;
  readonly headers: Metadata | undefined;
  readonly status: StatusObject;
}

function unary(method: Unary, request: object, metadata = new Metadata()): Promise<Outcome> {
  return new Promise((resolve) => {
    let [reply, headers] = [undefined as WithPayload | undefined, undefined as Metadata | undefined];
    const call = method.call(client, request, metadata, {}, (_error, given) => (reply = given));
    call.on('metadata', (given: Metadata) => (headers = given));
    call.on('status', (told: StatusObject) => setImmediate(() => resolve({ reply, headers, status: told })));
  });
}

function upload(from: TestClient, sizes: readonly number[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = from.streamingInputCall((error, reply) => {
      if (error) reject(error);
      else resolve(reply!.aggregatedPayloadSize);
    });
    for (const size of sizes) call.write(zeros(size));
    call.end();
  });
}

/** How a stream ended; `received` is given the size of each message. */
function ended<T>(
  call: ClientReadableStream<T>,
  received: (size: number) => void = () => undefined,
): Promise<StatusObject> {
  return new Promise((resolve) => {
    call.on('data', (message: WithPayload) => received(message.payload.body.length));
    call.on('error', () => undefined).on('status', resolve);
  });
}

/** Between a client and the server, to see how much the client sent. */
async function counted(run: (target: string) => Promise<void>): Promise<number> {
  const [host, port] = application.target.split(':');
  let bytes = 0;
  const sockets: Socket[] = [];
  const proxy = createServer((near) => {
    const far = connect(Number(port), host);
    sockets.push(near, far);
    for (const each of [near, far]) each.on('error', () => undefined);
    near.on('data', (chunk) => (bytes += chunk.length));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  await run(`127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  for (const each of sockets) each.destroy();
  await new Promise((resolve) => proxy.close(resolve));
  return bytes;
}

test('empty_unary', async () => {
  expect(await unary(client.emptyCall, {})).toMatchObject({ reply: {}, status: { code: status.OK } });
});

test('large_unary', async () => {
  const { reply } = await unary(client.unaryCall, large);
  expect(reply!.payload.body.equals(Buffer.alloc(314_159))).toBe(true);
});

test('client_streaming', async () => {
  expect(await upload(client, [27_182, 8, 1_828, 45_904])).toBe(74_922);
});

test('server_streaming', async () => {
  const sizes: number[] = [];
  const wanted = [31_415, 9, 2_653, 58_979];
  const call = client.streamingOutputCall({ responseParameters: wanted.map((size) => ({ size })) });
  expect((await ended(call, (size) => sizes.push(size))).code).toBe(status.OK);
  expect(sizes).toEqual(wanted);
});

test('ping_pong', async () => {
  const asked = [
    [31_415, 27_182],
    [9, 8],
    [2_653, 1_828],
    [58_979, 45_904],
  ] as const;
  const sizes: number[] = [];
  const call = client.fullDuplexCall();
  // Each is asked for when the one before it is here.
  const next = (): void => {
    const [size, body] = asked[sizes.length] ?? [];
    if (size === undefined) call.end();
    else call.write(asking(size, body));
  };
  const end = ended(call, (size) => {
    sizes.push(size);
    next();
  });
  next();
  expect((await end).code).toBe(status.OK);
  expect(sizes).toEqual(asked.map(([size]) => size));
});

test('empty_stream', async () => {
  const sizes: number[] = [];
  const call = client.fullDuplexCall();
  call.end();
  expect((await ended(call, (size) => sizes.push(size))).code).toBe(status.OK);
  expect(sizes).toEqual([]);
});

test('custom_metadata', async () => {
  const metadata = new Metadata();
  metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
  metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from('ababab', 'hex'));
  const one = await unary(client.unaryCall, large, metadata);
  const call = client.fullDuplexCall(metadata);
  let headers: Metadata | undefined;
  call.on('metadata', (given: Metadata) => (headers = given));
  call.write(asking(314_159, 271_828));
  call.end();
  const told = await ended(call);
  for (const outcome of [one, { headers, status: told }]) {
    expect(outcome.status.code).toBe(status.OK);
    expect(outcome.headers!.get('x-grpc-test-echo-initial')).toEqual(['test_initial_metadata_value']);
    expect(outcome.status.metadata.get('x-grpc-test-echo-trailing-bin')).toEqual([Buffer.from('ababab', 'hex')]);
  }
});

test.each([
  ['status_code_and_message', 'test status message'],
  ['special_status_message', '\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1f608}\t\n'],
])('%s', async (_case, message) => {
  const request = { responseStatus: { code: status.UNKNOWN, message } };
  const call = client.fullDuplexCall();
  const end = ended(call);
  call.write(request);
  call.end();
  for (const told of [(await unary(client.unaryCall, request)).status, await end]) {
    expect(told).toMatchObject({ code: status.UNKNOWN, details: message });
  }
});

test('unimplemented_method and unimplemented_service', async () => {
  const other = open(application.target, {}, 'UnimplementedService');
  for (const method of [client.unimplementedCall.bind(client), other.unimplementedCall.bind(other)]) {
    expect((await unary(method, {})).status.code).toBe(status.UNIMPLEMENTED);
  }
});

test('cancel_after_begin', async () => {
  const error = await new Promise<ServiceError | null>((resolve) => client.streamingInputCall(resolve).cancel());
  expect(error).toMatchObject({ code: status.CANCELLED });
});

test('cancel_after_first_response', async () => {
  const call = client.fullDuplexCall();
  call.write(asking(31_415, 27_182));
  const sizes: number[] = [];
  const end = ended(call, (size) => {
    sizes.push(size);
    call.cancel();
  });
  expect([(await end).code, sizes]).toEqual([status.CANCELLED, [31_415]]);
});

test('timeout_on_sleeping_server', async () => {
  const call = client.fullDuplexCall(new Metadata(), { deadline: Date.now() + 50 });
  call.write(asking(31_415, 27_182, 60_000_000));
  expect((await ended(call)).code).toBe(status.DEADLINE_EXCEEDED);
});

test.each(['gzip', 'deflate'] as const)(
  'client_compressed_unary and client_compressed_streaming, by %s',
  async (by) => {
    const options = { 'grpc.default_compression_algorithm': compressionAlgorithms[by] };
    const sent = await counted(async (target) => {
      const from = open(target, options);
      const { reply } = await unary(from.unaryCall.bind(from), large);
      expect(reply!.payload.body).toHaveLength(314_159);
      expect(await upload(from, [27_182, 45_904])).toBe(73_086);
    });
    // It was compressed: 344,914 bytes of zeros went over the wire.
    expect(sent).toBeLessThan(10_000);
  },
);
