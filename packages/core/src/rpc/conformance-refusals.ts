import assert from 'node:assert/strict';
import type { Runner, TransportHarness } from '../transport/conformance.js';
import { withPeers } from './conformance-peers.js';

/** Calls that never start, and say so. */
export function refusalCases({ test }: Runner, harness: TransportHarness): void {
  test('an unknown endpoint is refused with what it might have meant; the connection lives', () =>
    withPeers(harness, {}, async ({ call, resolved }) => {
      for (let i = 0; i < 3; i++) {
        const stream = call('test.ehco', 'x');
        assert.equal(await stream.outcome(), 'error SKERRY_RPC_UNKNOWN_ENDPOINT not started');
        assert.deepEqual((stream.failure as { details: unknown }).details, { nearest: ['test.echo'] });
      }
      assert.deepEqual(resolved, ['test.ehco']);
      assert.equal(await call('test.echo', 'x').outcome(), 'end');
    }));

  test('a client stream to an unknown endpoint may go on sending into the void', () =>
    withPeers(harness, {}, async ({ call, settle }) => {
      const stream = call('test.ehco', 'x', { end: false });
      for (let i = 0; i < 10; i++) stream.stream.send(Buffer.from('y'), i === 9);
      assert.equal(await stream.outcome(), 'error SKERRY_RPC_UNKNOWN_ENDPOINT not started');
      await settle();
      assert.deepEqual(stream.log.length, 1);
    }));

  test('more calls than the server takes at once are refused, until one is over', () =>
    withPeers(harness, { serverLimits: { maxStreams: 3 } }, async ({ call, served, settle }) => {
      const open = [1, 2, 3].map(() => call('test.silent'));
      const refused = call('test.echo', 'x');
      assert.deepEqual(refused.log, [], 'refused within open');
      assert.equal(await refused.outcome(), 'lost SKERRY_RPC_OVERLOADED not started');
      await settle();
      served[0]!.stream.send(undefined, true);
      assert.equal(await open[0]!.outcome(), 'end');
      assert.equal(await call('test.echo', 'x').outcome(), 'end');
    }));

  test('calls whose handlers have not noticed that they were given up count as open', () =>
    withPeers(harness, { serverLimits: { maxStreams: 3 } }, async ({ call, server, served, settle }) => {
      for (let i = 0; i < 100; i++) call('test.silent').stream.cancel('cancelled');
      const refused = call('test.echo', 'x');
      assert.equal(await refused.outcome(), 'error SKERRY_RPC_OVERLOADED not started');
      assert.deepEqual([served.length, server.openStreams], [3, 3]);
      for (const { stream } of served) stream.send(undefined, true);
      await settle();
      assert.equal(await call('test.echo', 'x').outcome(), 'end');
    }));

  test('a message that is too large fails its call and no other', () =>
    withPeers(
      harness,
      {
        clientLimits: { maxMessageBytes: 2_000 },
        serverLimits: { maxMessageBytes: 1_000 },
        handlers: { 'test.big': ({ stream }) => stream.send(Buffer.alloc(1_001), true) },
      },
      async ({ call, served, settle, server }) => {
        assert.equal(await call('test.echo', Buffer.alloc(1_000)).outcome(), 'end');
        const request = call('test.echo', Buffer.alloc(1_001));
        assert.equal(await request.outcome(), 'lost SKERRY_TRANSPORT_FRAME_TOO_LARGE not started');
        assert.match((request.failure as Error).message, /1001 bytes.*1000 bytes/s);

        assert.equal(await call('test.big').outcome(), 'error SKERRY_TRANSPORT_FRAME_TOO_LARGE');
        await served[1]!.until(() => served[1]!.over);
        assert.deepEqual(served[1]!.log, ['lost SKERRY_TRANSPORT_FRAME_TOO_LARGE']);

        const stream = call('test.silent', 'x', { end: false });
        stream.stream.send(Buffer.alloc(1_001), false);
        assert.equal(await stream.outcome(), 'lost SKERRY_TRANSPORT_FRAME_TOO_LARGE');
        await settle();
        assert.deepEqual(served[2]!.log, ['cancel cancelled']);
        served[2]!.stream.send(undefined, true);
        assert.equal(server.openStreams, 0);
      },
    ));

  test('metadata and names beyond their limits fail their call and no other', () =>
    withPeers(harness, {}, async ({ call, resolved }) => {
      const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, 'v']));
      for (const metadata of [many, { long: 'x'.repeat(16 * 1024) }]) {
        const refused = call('test.echo', 'x', { metadata });
        assert.equal(await refused.outcome(), 'lost SKERRY_TRANSPORT_FRAME_TOO_LARGE not started');
      }
      const unheardOf = call('x'.repeat(257), 'x');
      assert.equal(await unheardOf.outcome(), 'lost SKERRY_RPC_UNKNOWN_ENDPOINT not started');
      const most = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`${i}`.padStart(10), 'x'.repeat(246)]));
      assert.equal(await call('test.echo', 'x', { metadata: most }).outcome(), 'end');
      assert.deepEqual(resolved, ['test.echo']);
    }));

  test('a stream that was refused does nothing', () =>
    withPeers(harness, { serverLimits: { maxStreams: 1 } }, async ({ call, settle }) => {
      call('test.silent');
      const { stream, log } = call('test.echo', 'x');
      assert.deepEqual([stream.id, stream.writable], [0, false]);
      stream.send(Buffer.from('x'), true);
      stream.cancel('cancelled');
      stream.consumed(100);
      await settle();
      assert.deepEqual(log, ['lost SKERRY_RPC_OVERLOADED not started']);
    }));

  test('a connection that has used up its endpoints is retired', () =>
    withPeers(harness, {}, async ({ call, client, settle }) => {
      const last = call('test.silent');
      for (let i = 1; i < 4_096; i++) {
        const unknown = call(`test.unknown${i}`);
        if (i % 500 === 0) await unknown.outcome();
      }
      assert.equal(client.draining, false);
      assert.equal(await call('test.echo', 'x').outcome(), 'lost SKERRY_RPC_DRAINING not started');
      assert.equal(client.draining, true);
      await settle();
      assert.ok(!last.over, 'what is open goes on');
    }));

  test('a connection that has used up its streams is retired', () =>
    withPeers(harness, { clientLimits: { streamsPerConnection: 3 } }, async ({ call, client, server, served }) => {
      const [first, second, third] = [call('test.silent'), call('test.echo', 'x'), call('test.echo', 'x')];
      assert.equal(client.draining, true);
      assert.equal(await call('test.echo', 'x').outcome(), 'lost SKERRY_RPC_DRAINING not started');
      assert.deepEqual([await second.outcome(), await third.outcome()], ['end', 'end']);
      served[0]!.stream.send(undefined, true);
      assert.equal(await first.outcome(), 'end');
      await Promise.all([new Promise((done) => client.onClose(done)), new Promise((done) => server.onClose(done))]);
    }));
}
