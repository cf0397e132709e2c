import assert from 'node:assert/strict';
import type { WireError } from '../errors/wire.js';
import type { Runner, TransportHarness } from '../transport/conformance.js';
import { never, withPeers, type Handler } from './conformance-peers.js';

const failure: WireError = {
  code: 'OUT_OF_STOCK',
  status: 'FAILED_PRECONDITION',
  message: 'no more of them',
  retryable: false,
  details: { sku: 'x-1' },
  origin: { service: 'stock', node: 'stock-7' },
  traceId: 'ab'.repeat(16),
};

/** The four kinds of calls, and how a handler fails. */
export function callCases({ test }: Runner, harness: TransportHarness): void {
  test('both sides learn who the other is', () =>
    withPeers(harness, { serverLimits: { maxStreams: 77 } }, async ({ client, server }) => {
      const hello = await client.ready();
      assert.deepEqual([hello.service, hello.node, hello.codec, hello.maxStreams], ['test', 'test-1', 'json', 77]);
      assert.equal((await server.ready()).service, undefined);
      assert.equal(server.peerHello!.codec, 'json');
    }));

  test('a unary call is answered by one message that is known to be the last', () =>
    withPeers(harness, {}, async ({ call, client, server, served }) => {
      const echo = call('test.echo', 'hello');
      assert.equal(client.openStreams, 1);
      assert.deepEqual(echo.log, [], 'answered within open');
      assert.equal(await echo.outcome(), 'end');
      assert.deepEqual([echo.messages, echo.log], [['hello'], ['last message', 'end']]);
      assert.deepEqual([served[0]!.ended, served[0]!.log], [true, []]);
      assert.deepEqual([client.openStreams, server.openStreams], [0, 0]);
    }));

  test('what comes with a call arrives with it', () =>
    withPeers(harness, {}, async ({ call, served }) => {
      const trace = { traceId: '0123456789abcdef0123456789abcdef', spanId: 'fedcba9876543210', traceFlags: 1 };
      const metadata = { tenant: 'blau', 'x-leer': '', grüße: '🙂', __proto__key: 'y' };
      await call('test.echo', 'x', { timeoutMs: 250.2, ...trace, metadata }).outcome();
      await call('test.echo', '').outcome();
      await call('test.echo', undefined, { timeoutMs: Infinity }).outcome();
      const [full, bare, endless] = served.map(({ head }) => head);
      assert.deepEqual({ ...full, metadata: { ...full!.metadata } }, { timeoutMs: 251, ...trace, metadata });
      assert.deepEqual([bare!.timeoutMs, bare!.traceId, bare!.metadata], [1_000, undefined, undefined]);
      assert.equal(endless!.timeoutMs, 2 ** 32 - 1);
      assert.deepEqual(
        served.map(({ messages }) => messages),
        [['x'], [''], []],
      );
    }));

  test('a server stream arrives in order, and ends after its last message', () =>
    withPeers(harness, { handlers: { 'test.count': count(100) } }, async ({ call }) => {
      const stream = call('test.count', 'go');
      assert.equal(await stream.outcome(), 'end');
      assert.deepEqual(
        stream.messages,
        Array.from({ length: 100 }, (_, i) => `${i}`),
      );
      assert.ok(!stream.log.includes('last message'), 'a stream that ends by itself has no last message');
    }));

  test('a client stream is answered after its end, or before', () =>
    withPeers(harness, { handlers: { 'test.join': join } }, async ({ call, served, settle }) => {
      const patient = call('test.join', undefined, { end: false });
      for (const word of ['one', 'two', 'three']) patient.stream.send(Buffer.from(word), false);
      patient.stream.send(undefined, true);
      assert.equal(await patient.outcome(), 'end');
      assert.deepEqual(patient.messages, ['one two three']);
      assert.deepEqual(served[0]!.log, ['message', 'message', 'message', 'end']);

      const cutShort = call('test.join', 'stop', { end: false });
      assert.equal(await cutShort.outcome(), 'end');
      cutShort.stream.send(Buffer.from('too late'), true);
      await settle();
      assert.deepEqual(cutShort.messages, ['stopped']);
      assert.deepEqual(served[1]!.log, []);
    }));

  test('a bidirectional stream answers while it is asked, and goes on after the caller’s end', () =>
    withPeers(harness, {}, async ({ call, served, settle }) => {
      const stream = call('test.silent', 'first', { end: false });
      await settle();
      const [theirs] = served;
      for (let i = 0; i < 10; i++) {
        stream.stream.send(Buffer.from(`ask ${i}`), i === 9);
        await theirs!.until(() => theirs!.messages.length === i + 2);
        theirs!.stream.send(Buffer.from(`answer ${i}`), false);
        await stream.until(() => stream.messages.length === i + 1);
      }
      assert.equal(await theirs!.outcome(), 'end');
      theirs!.stream.send(Buffer.from('and one more'), true);
      assert.equal(await stream.outcome(), 'end');
      assert.equal(stream.messages.length, 11);
    }));

  test('an error arrives whole, also after messages', () =>
    withPeers(harness, { handlers: { 'test.fail': fail } }, async ({ call, client, server }) => {
      const stream = call('test.fail', 'go');
      assert.equal(await stream.outcome(), 'error OUT_OF_STOCK');
      assert.deepEqual(stream.failure, failure);
      assert.deepEqual(stream.messages, ['before it failed']);
      assert.deepEqual([client.openStreams, server.openStreams], [0, 0]);
    }));

  test('an error that promises that nothing was begun says so', () =>
    withPeers(harness, { handlers: { 'test.shed': ({ stream }) => stream.fail(failure, false) } }, async ({ call }) =>
      assert.equal(await call('test.shed').outcome(), 'error OUT_OF_STOCK not started'),
    ));

  test('an error whose details do not fit arrives without them', () =>
    withPeers(harness, { handlers: { 'test.bloat': bloat } }, async ({ call }) => {
      for (const kind of ['long', 'deep', 'circular']) {
        const stream = call('test.bloat', kind);
        assert.equal(await stream.outcome(), 'error OUT_OF_STOCK');
        const { status, message, details } = stream.failure as Record<string, unknown>;
        assert.deepEqual([status, details], ['FAILED_PRECONDITION', undefined]);
        assert.match(message as string, /^no more of them.*left out/);
      }
    }));

  test('a call that is given up is given up at the handler', () =>
    withPeers(harness, {}, async ({ call, client, server, served, settle }) => {
      const stream = call('test.silent');
      const late = call('test.silent');
      await settle();
      stream.stream.cancel('cancelled');
      late.stream.cancel('deadline');
      stream.stream.cancel('deadline');
      assert.equal(client.openStreams, 0);
      await settle();
      assert.deepEqual(
        served.map(({ log }) => log),
        [['cancel cancelled'], ['cancel deadline']],
      );
      // They count until their handlers have noticed.
      assert.equal(server.openStreams, 2);
      served[0]!.stream.fail(failure);
      served[1]!.stream.send(Buffer.from('nobody hears this'), false);
      served[1]!.stream.send(undefined, true);
      assert.equal(server.openStreams, 0);
      await settle();
      assert.deepEqual([stream.log, late.log], [[], []]);
    }));

  test('a call may be given up from within its message', () =>
    withPeers(harness, { handlers: { 'test.count': count(10) } }, async ({ call, settle, served }) => {
      const stream = call('test.count');
      stream.onMessage = () => stream.messages.length === 3 && stream.stream.cancel('cancelled');
      const unary = call('test.echo', 'x');
      unary.onMessage = () => unary.stream.cancel('cancelled');
      await settle();
      assert.deepEqual([stream.messages, stream.log.length], [['0', '1', '2'], 3]);
      assert.deepEqual(unary.log, ['last message']);
      assert.deepEqual(served[1]!.log, []);
    }));

  test('a name is looked up once, however often it is called', () =>
    withPeers(harness, {}, async ({ call, resolved }) => {
      for (let i = 0; i < 10; i++) await call('test.echo', 'x').outcome();
      assert.deepEqual(resolved, ['test.echo']);
    }));

  test('500 streams at once keep apart', () =>
    withPeers(harness, {}, async ({ call, served, settle }) => {
      const streams = Array.from({ length: 500 }, (_, i) => call('test.silent', `${i}`, { end: false }));
      await settle();
      assert.equal(served.length, 500);
      for (let round = 0; round < 5; round++) {
        for (const [i, { stream }] of streams.entries()) stream.send(Buffer.from(`${i}.${round}`), round === 4);
        for (const theirs of [...served].reverse())
          theirs.stream.send(Buffer.from(`${theirs.messages[0]}:${round}`), false);
      }
      await settle();
      for (const [i, stream] of streams.entries()) {
        served[i]!.stream.send(Buffer.from('bye'), true);
        assert.equal(await stream.outcome(), 'end');
        assert.deepEqual(stream.messages, [...[0, 1, 2, 3, 4].map((round) => `${i}:${round}`), 'bye']);
        assert.deepEqual(served[i]!.messages, [`${i}`, ...[0, 1, 2, 3, 4].map((round) => `${i}.${round}`)]);
      }
    }));

  test('a ping measures the round trip by the clock', () =>
    withPeers(harness, {}, async ({ client, server, clock }) => {
      assert.equal(await client.ping(never()), 0);
      assert.equal(await server.ping(never()), 0);
      const reason = new Error('not waiting for that');
      await assert.rejects(client.ping(AbortSignal.abort(reason)), (error) => error === reason);
      const abort = new AbortController();
      const ping = client.ping(abort.signal);
      abort.abort(reason);
      await assert.rejects(ping, (error) => error === reason);
      assert.equal(clock.pendingTimers, 0);
    }));
}

function count(to: number): Handler {
  return ({ stream }) => {
    for (let i = 0; i < to; i++) stream.send(Buffer.from(`${i}`), false);
    stream.send(undefined, true);
  };
}

const join: Handler = (call, first) => {
  if (first?.toString() === 'stop') call.stream.send(Buffer.from('stopped'), true);
  else void call.until(() => call.over).then(() => call.stream.send(Buffer.from(call.messages.join(' ')), true));
};

const fail: Handler = ({ stream }) => {
  stream.send(Buffer.from('before it failed'), false);
  stream.fail(failure);
  stream.send(Buffer.from('never sent'), true);
  stream.fail(failure);
};

const bloat: Handler = ({ stream }, kind) => {
  const details: Record<string, unknown> = {};
  if (kind?.toString() === 'long') details['long'] = 'x'.repeat(100_000);
  if (kind?.toString() === 'deep') for (let i = 0, at = details; i < 100; i++) at = at['deep'] = {};
  if (kind?.toString() === 'circular') details['self'] = details;
  stream.fail({ ...failure, details });
};
