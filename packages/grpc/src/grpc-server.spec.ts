import { connect } from 'node:http2';
import { gunzipSync } from 'node:zlib';
import { compressionAlgorithms, status } from '@grpc/grpc-js';
import { messageSchema, type Application, type MessageCodec } from '@skerry/core';
import { ProtobufCodec } from '@skerry/protobuf';
import { eventually, openHandles } from '@skerry-private/test-kit';
import { answerOf, BareClient } from './fixtures/bare-client.js';
import { callHeaders, flag, frameType, RawPeer } from './fixtures/raw-http2.js';
import { Blob, CountRequest, HelloReply, HelloRequest, seen, startShop, Tick } from './fixtures/shop.js';
import { framed } from './wire/message-reader.js';
import { decodeRpcStatus } from './wire/rpc-status.js';

const protobuf = new ProtobufCodec();
const messages = (type: object): MessageCodec => protobuf.forSchema(messageSchema(type as never).jsonSchema);
const [hello, reply, count, tick, blob] = [HelloRequest, HelloReply, CountRequest, Tick, Blob].map(messages) as [
  MessageCodec,
  MessageCodec,
  MessageCodec,
  MessageCodec,
  MessageCodec,
];
const ada = hello.encode({ name: 'Ada' });

let shop: Application & { readonly target: string };
let client: BareClient;
beforeAll(async () => {
  shop = await startShop({ server: { compression: 'gzip' } });
  client = BareClient.at(shop.target);
});
afterAll(async () => {
  client.close();
  await shop.stop();
});

test('a unary call, with metadata both ways', async () => {
  const answer = await client.call('/shop.Greeter/hello', [ada]);
  expect(answer.status.code).toBe(status.OK);
  expect(answer.messages.map((each) => reply.decode(each))).toEqual([{ message: 'Hello Ada' }]);
  expect(answer.headers!.get('x-head')).toEqual(['first']);
  expect(answer.status.metadata.get('x-tail')).toEqual(['last']);
});

test('all kinds of streams', async () => {
  const down = await client.call('/shop.Greeter/countdown', [count.encode({ from: 3 })]);
  expect(down.messages.map((each) => tick.decode(each))).toEqual([{ left: 3 }, { left: 2 }, { left: 1 }]);
  const ticks = [1, 2, 3].map((left) => tick.encode({ left }));
  const sum = await client.call('/shop.Greeter/sum', ticks);
  expect(sum.messages.map((each) => tick.decode(each))).toEqual([{ left: 6 }]);
  const double = await client.call('/shop.Greeter/double', ticks);
  expect(double.messages.map((each) => tick.decode(each))).toEqual([{ left: 2 }, { left: 4 }, { left: 6 }]);
});

test('methods have the customary capital, too', async () => {
  const { status: told } = await client.call('/shop.Greeter/Hello', [ada]);
  expect(told.code).toBe(status.OK);
});

test('what travels with a call arrives in the context', async () => {
  seen.contexts.length = 0;
  await client.call(
    '/shop.Greeter/hello',
    [ada],
    {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'vendor=1',
      baggage: 'plan=gold%20plus',
      'idempotency-key': 'k-1',
      'x-who': 'me',
      'x-raw-bin': Buffer.from([0, 255]),
    },
    { deadline: Date.now() + 5_000 },
  );
  const [context] = seen.contexts;
  expect(context).toMatchObject({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
    traceFlags: 1,
    traceState: 'vendor=1',
    baggage: { plan: 'gold plus' },
    idempotencyKey: 'k-1',
  });
  expect({ ...context!.metadata }).toEqual({ 'x-who': 'me', 'x-raw-bin': 'AP8=' });
  expect(context!.remainingMs).toBeLessThanOrEqual(5_000);
});

test('a failure has its status, its message and the standard details', async () => {
  const { status: told } = await client.call('/shop.Greeter/hello', [hello.encode({ name: 'stock' })]);
  expect(told).toMatchObject({ code: status.FAILED_PRECONDITION, details: 'no more ✓ left' });
  const [details] = told.metadata.get('grpc-status-details-bin');
  expect(decodeRpcStatus(details as Buffer)).toMatchObject({
    ...{ reason: 'OUT_OF_STOCK', domain: 'shop.Greeter', metadata: { sku: 'a-1' } },
  });
});

test('wrong fields are told one by one', async () => {
  const { status: told } = await client.call('/shop.Greeter/hello', [hello.encode({ name: '' })]);
  expect(told.code).toBe(status.INVALID_ARGUMENT);
  const [details] = told.metadata.get('grpc-status-details-bin');
  expect(decodeRpcStatus(details as Buffer)).toMatchObject({
    ...{ reason: 'SKERRY_VALIDATION_FAILED', fields: [{ path: 'name', messages: [expect.any(String)] }] },
  });
});

test('what was not meant to be shown is not', async () => {
  const { status: told } = await client.call('/shop.Greeter/hello', [hello.encode({ name: 'secret' })]);
  expect(told.code).toBe(status.INTERNAL);
  const raw = JSON.stringify([told.details, told.metadata.toJSON()]);
  expect(raw).not.toContain('swordfish');
  expect(Buffer.from(told.metadata.get('grpc-status-details-bin')[0] as Buffer).toString()).not.toContain('swordfish');
});

test.each([
  ['none', []],
  ['two', [ada, ada]],
])('a unary call with %s message is refused', async (_many, sent) => {
  const answer = await client.call('/shop.Greeter/hello', sent);
  expect(answer.status).toMatchObject({
    code: status.UNIMPLEMENTED,
    details: expect.stringContaining('takes one message') as string,
  });
});

test('a message that is none is refused', async () => {
  const { status: told } = await client.call('/shop.Greeter/hello', [Buffer.from([0xff, 0xff])]);
  expect(told.code).toBe(status.INVALID_ARGUMENT);
});

test('methods that are not there are told, with the nearest', async () => {
  const { status: told } = await client.call('/shop.Greeter/helo', [ada]);
  expect(told).toMatchObject({
    code: status.UNIMPLEMENTED,
    details: expect.stringContaining('shop.Greeter.hello') as string,
  });
});

test('guards decide as they do over TCP', async () => {
  const without = await client.call('/shop.Greeter/guarded', [ada]);
  expect(without.status.code).toBe(status.PERMISSION_DENIED);
  const { status: told } = await client.call('/shop.Greeter/guarded', [ada], { 'x-token': 'sesame' });
  expect(told.code).toBe(status.OK);
});

test.each(['1e9m', '-5S', '5', 'S', '123456789m'])('a deadline of %s is refused', async (timeout) => {
  const { status: told } = await client.call('/shop.Greeter/hello', [ada], { 'grpc-timeout': timeout });
  expect(told).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining('grpc-timeout') as string,
  });
});

test('a deadline of 99999999 hours is as good as none, and one of 0 is over', async () => {
  const long = await client.call('/shop.Greeter/hello', [ada], { 'grpc-timeout': '99999999H' });
  expect(long.status.code).toBe(status.OK);
  const none = await client.call('/shop.Greeter/hello', [ada], { 'grpc-timeout': '0n' });
  expect(none.status.code).toBe(status.DEADLINE_EXCEEDED);
});

test('a handler is told that its caller gives up', async () => {
  const before = seen.aborted;
  const stream = client.stream('/shop.Greeter/wait');
  const answer = answerOf(stream, [ada]);
  await eventually(() => expect(seen.running).toBe(1));
  stream.cancel();
  expect((await answer).status.code).toBe(status.CANCELLED);
  await eventually(() => expect(seen.aborted).toBe(before + 1));
});

test('or that it is gone', async () => {
  const before = seen.aborted;
  const peer = (await RawPeer.connect(shop.target)).greet();
  peer.send(frameType.headers, flag.endHeaders, 1, callHeaders('/shop.Greeter/wait'));
  peer.send(frameType.data, flag.endStream, 1, framed(ada));
  await eventually(() => expect(seen.running).toBe(1));
  peer.socket.destroy();
  await eventually(() => expect(seen.aborted).toBe(before + 1));
});

test('and when its deadline is over', async () => {
  const before = seen.aborted;
  const { status: told } = await client.call('/shop.Greeter/wait', [ada], {}, { deadline: Date.now() + 80 });
  expect(told.code).toBe(status.DEADLINE_EXCEEDED);
  await eventually(() => expect(seen.aborted).toBe(before + 1));
});

test('a producer waits for a caller that does not read', async () => {
  seen.produced = 0;
  // It never gives back what HTTP/2 lets the other side send at first: 64 KiB.
  const peer = (await RawPeer.connect(shop.target)).greet();
  peer.send(frameType.headers, flag.endHeaders, 1, callHeaders('/shop.Greeter/countdown'));
  peer.send(frameType.data, flag.endStream, 1, framed(count.encode({ from: 1_000_000 })));
  let last = -1;
  await eventually(
    () => {
      const before = last;
      last = seen.produced;
      expect(last).toBeGreaterThan(0);
      expect(last).toBe(before);
    },
    { everyMs: 50 },
  );
  expect(last).toBeLessThan(50_000);
  peer.socket.destroy();
});

test('large messages pass, compressed where callers take it', async () => {
  const text = 'Skerry '.repeat(100_000);
  const gzip = BareClient.at(shop.target, { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip });
  for (const each of [client, gzip]) {
    const answer = await each.call('/shop.Greeter/echo', [blob.encode({ text })]);
    expect(answer.status.code).toBe(status.OK);
    expect(answer.messages.map((message) => blob.decode(message))).toEqual([{ text }]);
  }
  gzip.close();
});

/** As a client would that does everything itself. */
async function byHand(path: string, message: Uint8Array, headers: object): Promise<Buffer> {
  const session = connect(`http://${shop.target}`);
  const stream = session.request({ ':method': 'POST', ':path': path, te: 'trailers', ...headers });
  stream.end(framed(message));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  session.close();
  return Buffer.concat(chunks);
}

test('replies are compressed for callers that take it, and not for others', async () => {
  const message = blob.encode({ text: 'Skerry '.repeat(1_000) });
  const headers = { 'content-type': 'application/grpc' };
  const taking = await byHand('/shop.Greeter/echo', message, { ...headers, 'grpc-accept-encoding': 'identity, gzip' });
  expect(taking[0]).toBe(1);
  expect(gunzipSync(taking.subarray(5)).equals(message)).toBe(true);
  const other = await byHand('/shop.Greeter/echo', message, headers);
  expect(other.equals(framed(message))).toBe(true);
});

test('messages may be JSON', async () => {
  const body = Buffer.from('{"name":"Ada"}');
  const answer = await byHand('/shop.Greeter/hello', body, { 'content-type': 'application/grpc+json' });
  expect(answer.subarray(5).toString()).toBe('{"message":"Hello Ada"}');
});

describe('an application that stops', () => {
  test('lets running calls finish, takes no new ones, and leaves nothing open', async () => {
    const before = openHandles();
    const own = await startShop();
    const caller = BareClient.at(own.target, { 'grpc.use_local_subchannel_pool': 1 });
    const stream = caller.stream('/shop.Greeter/sum');
    const answer = answerOf(stream);
    // The answer's end comes later: it was not ended yet.
    const open = caller.stream('/shop.Greeter/double');
    const doubled = new Promise<unknown>((resolve) => open.once('data', (each: Buffer) => resolve(tick.decode(each))));
    open.on('error', () => undefined);
    open.write(Buffer.from(tick.encode({ left: 1 })));
    await doubled;
    await answer;
    const stopping = own.stop();
    await eventually(async () => {
      const { status: told } = await caller.call('/shop.Greeter/hello', [ada]);
      expect(told.code).toBe(status.UNAVAILABLE);
    });
    // What runs is served to its end.
    const again = new Promise<unknown>((resolve) => open.once('data', (each: Buffer) => resolve(tick.decode(each))));
    open.write(Buffer.from(tick.encode({ left: 21 })));
    expect(await again).toEqual({ left: 42 });
    const ended = new Promise((resolve) => open.once('status', resolve));
    open.end();
    expect(await ended).toMatchObject({ code: status.OK });
    await stopping;
    caller.close();
    await before.nothingMore();
  });
});
