import assert from 'node:assert/strict';
import type { Runner, TransportHarness } from '../transport/conformance.js';
import { withPeers, type Handler, type ServedCall } from './conformance-peers.js';
import { messageOverhead } from './protocol.js';

const windowBytes = 10_000;

/** Slow consumers hold fast producers, and nobody else. */
export function flowCases({ test }: Runner, harness: TransportHarness): void {
  test('a caller that consumes nothing gets one window of a stream, and the rest as it consumes', () =>
    withPeers(
      harness,
      { clientLimits: { windowBytes }, handlers: { 'test.flood': flood } },
      async ({ call, served, settle }) => {
        const stream = call('test.flood');
        await settle();
        const fits = Math.ceil(windowBytes / (messageOverhead + 1_000));
        assert.equal(stream.messages.length, fits);
        assert.equal(produced(served[0]!), fits);
        assert.equal(served[0]!.stream.writable, false);

        let consumed = 0;
        while (stream.messages.length < 200) {
          for (; consumed < stream.messages.length; consumed++) stream.stream.consumed(1_000);
          await settle();
          assert.ok(
            stream.messages.length <= consumed + fits,
            `${stream.messages.length} messages, ${consumed} consumed`,
          );
        }
        assert.equal(await stream.outcome(), 'end');
        stream.messages.forEach((message, i) => assert.equal(Number(message), i));
      },
    ));

  test('a handler that consumes nothing holds its caller', () =>
    withPeers(harness, { serverLimits: { windowBytes } }, async ({ call, served, settle }) => {
      const stream = call('test.silent', 'x'.repeat(5_840), { end: false });
      const progress = stream.produce(200, (i) => `${i}`.padEnd(1_000));
      await settle();
      const fits = Math.ceil((windowBytes - 5_840 - messageOverhead) / (messageOverhead + 1_000));
      assert.equal(progress.sent, fits);
      assert.equal(served[0]!.messages.length, 1 + fits);
      served[0]!.stream.consumed(5_840);
      await settle();
      assert.ok(progress.sent > fits, 'the first message counts as well');
      served[0]!.onMessage = (payload) => served[0]!.stream.consumed(payload.length);
      for (let i = 0; i < progress.sent; i++) served[0]!.stream.consumed(1_000);
      await served[0]!.until(() => served[0]!.log.includes('end'));
      assert.equal(progress.sent, 200);
      assert.equal(served[0]!.messages.length, 201);
    }));

  test('a message larger than the window passes, alone', () =>
    withPeers(
      harness,
      { clientLimits: { windowBytes }, serverLimits: { windowBytes } },
      async ({ call, served, settle }) => {
        const big = 'x'.repeat(300_000);
        assert.equal(await call('test.echo', big).outcome(), 'end');
        const stream = call('test.silent', big, { end: false });
        assert.equal(stream.stream.writable, false);
        await settle();
        assert.equal(served[1]!.messages[0]!.length, 300_000);
        served[1]!.stream.consumed(300_000);
        await stream.until(() => stream.writables > 0);
        assert.equal(stream.stream.writable, true);
      },
    ));

  test('empty messages cost as well', () =>
    withPeers(harness, { serverLimits: { windowBytes } }, async ({ call, settle }) => {
      const stream = call('test.silent', undefined, { end: false });
      const progress = stream.produce(100_000, () => '');
      await settle();
      assert.equal(progress.sent, Math.ceil(windowBytes / messageOverhead));
    }));

  test('what is sent without credit is held, in order, with its end', () =>
    withPeers(harness, { serverLimits: { windowBytes } }, async ({ call, served, settle }) => {
      const stream = call('test.silent', undefined, { end: false });
      for (let i = 0; i < 100; i++) stream.stream.send(Buffer.from(`${i}`.padEnd(1_000)), false);
      stream.stream.send(undefined, true);
      await settle();
      assert.equal(served[0]!.messages.length, 10);
      for (let i = 0; i < 5; i++) served[0]!.stream.consumed(1_000);
      await settle();
      assert.equal(served[0]!.messages.length, 15);
      served[0]!.onMessage = () => served[0]!.stream.consumed(1_000);
      for (let i = 0; i < 10; i++) served[0]!.stream.consumed(1_000);
      assert.equal(await served[0]!.outcome(), 'end');
      served[0]!.messages.forEach((message, i) => assert.equal(Number(message), i));
      assert.equal(served[0]!.messages.length, 100);
    }));

  test('consuming more than arrived opens no larger window', () =>
    withPeers(harness, { serverLimits: { windowBytes } }, async ({ call, served, settle }) => {
      const stream = call('test.silent', 'x', { end: false });
      await settle();
      for (let i = 0; i < 100; i++) served[0]!.stream.consumed(1_000_000);
      const progress = stream.produce(10_000, () => 'x'.repeat(1_000));
      await settle();
      assert.ok(progress.sent <= 11, `${progress.sent} messages sent`);
    }));

  test('a stream that is held does not hold the others', () =>
    withPeers(
      harness,
      { clientLimits: { windowBytes }, handlers: { 'test.flood': flood } },
      async ({ call, settle }) => {
        const held = call('test.flood');
        await settle();
        assert.equal(await call('test.echo', 'x').outcome(), 'end');
        assert.ok(!held.over);
      },
    ));

  test('giving up a held stream ends it', () =>
    withPeers(
      harness,
      { clientLimits: { windowBytes }, handlers: { 'test.burst': burst } },
      async ({ call, server, served, settle }) => {
        const stream = call('test.burst');
        await settle();
        assert.equal(server.openStreams, 1);
        stream.stream.cancel('cancelled');
        await settle();
        assert.deepEqual(served[0]!.log, ['cancel cancelled']);
        assert.equal(server.openStreams, 0);
      },
    ));

  test('a handler that was held when its caller left can still end', () =>
    withPeers(harness, { clientLimits: { windowBytes } }, async ({ call, server, served, settle }) => {
      const stream = call('test.silent');
      await settle();
      const [theirs] = served;
      for (let i = 0; i < 20; i++) theirs!.stream.send(Buffer.alloc(1_000), false);
      stream.stream.cancel('cancelled');
      await settle();
      assert.equal(server.openStreams, 1);
      theirs!.stream.send(Buffer.alloc(1_000), true);
      assert.equal(server.openStreams, 0);
    }));

  test('a peer that asks without end and never reads is left unread', () =>
    withPeers(
      harness,
      { serverTransport: { highWaterBytes: 64 * 1024 } },
      async ({ call, client, clientLink, serverLink, served }) => {
        clientLink.pause();
        // More than the system below takes in by itself.
        const calls = Array.from({ length: 250 }, () => call('test.echo', Buffer.alloc(200_000, 'x')));
        let most = 0;
        await withPeers(harness, {}, async (elsewhere) => {
          for (let i = 0; i < 200; i++) {
            await elsewhere.settle();
            most = Math.max(most, serverLink.bufferedBytes);
          }
        });
        assert.ok(most < 2 * 1024 * 1024, `${most} bytes buffered for a peer that does not read`);
        assert.ok(served.length < 250, 'everything was read from a peer that reads nothing');
        clientLink.resume();
        for (const each of calls) assert.equal(await each.outcome(), 'end');
        assert.equal(client.openStreams, 0);
      },
    ));

  test('a server whose peer does not read for a while still hears it', () =>
    withPeers(
      harness,
      {
        clientLimits: { windowBytes: 64 * 1024 * 1024 },
        serverTransport: { highWaterBytes: 64 * 1024 },
        handlers: { 'test.endless': endless },
      },
      async ({ call, clientLink, serverLink, served }) => {
        call('test.endless');
        await withPeers(harness, {}, async (elsewhere) => {
          for (let round = 0; round < 3; round++) {
            clientLink.pause();
            for (let before = -1; before !== serverLink.bufferedBytes || before < 64 * 1024; await elsewhere.settle()) {
              before = serverLink.bufferedBytes;
            }
            // Their answers are fewer bytes than made the link congested, each time anew.
            const calls = [1, 2].map(() => call('test.echo', Buffer.alloc(15_000)));
            for (let i = 0; i < 20; i++) await elsewhere.settle();
            assert.equal(served.length, 1 + 2 * (round + 1));
            clientLink.resume();
            for (const each of calls) assert.equal(await each.outcome(), 'end');
          }
        });
      },
    ));

  test('room on a congested link goes round', () =>
    withPeers(
      harness,
      {
        clientLimits: { windowBytes: 64 * 1024 * 1024 },
        serverTransport: { highWaterBytes: 64 * 1024 },
        handlers: { 'test.endless': endless },
      },
      async ({ call }) => {
        const streams = Array.from({ length: 20 }, () => call('test.endless'));
        const counts = (): number[] => streams.map(({ messages }) => messages.length);
        await Promise.race(streams.map((stream) => stream.until(() => stream.messages.length >= 100)));
        assert.ok(Math.min(...counts()) >= 50, `of 20 equal streams some got more than others: ${counts().join(' ')}`);
      },
    ));
}

const progressOf = new WeakMap<ServedCall, { sent: number }>();
const produced = (call: ServedCall): number => progressOf.get(call)!.sent;
const flood: Handler = (call) =>
  void progressOf.set(
    call,
    call.produce(200, (i) => `${i}`.padEnd(1_000)),
  );
const endless: Handler = (call) => void call.produce(Infinity, () => Buffer.alloc(8_000));
const burst: Handler = ({ stream }) => {
  for (let i = 0; i < 100; i++) stream.send(Buffer.alloc(1_000), i === 99);
};
