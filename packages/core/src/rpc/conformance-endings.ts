import assert from 'node:assert/strict';
import { SkerryError } from '../errors/skerry-error.js';
import type { Runner, TransportHarness } from '../transport/conformance.js';
import { gone, never, withPeers } from './conformance-peers.js';

/** How connections end: drained, closed, broken. */
export function endingCases({ test }: Runner, harness: TransportHarness): void {
  test('a server that goes away finishes what it took, refuses the rest, and closes', () =>
    withPeers(harness, {}, async ({ call, client, server, served, settle }) => {
      const open = call('test.silent', 'x', { end: false });
      await settle();
      server.goAway({ code: 'SKERRY_RPC_DRAINING', message: 'closing time' });
      // It was sent before the client knew.
      const crossed = call('test.echo', 'x');
      assert.equal(await crossed.outcome(), 'lost SKERRY_RPC_DRAINING not started');
      assert.match((crossed.failure as SkerryError).message, /closing time/);
      assert.equal(client.draining, true);
      assert.equal(await call('test.echo', 'x').outcome(), 'lost SKERRY_RPC_DRAINING not started');
      open.stream.send(Buffer.from('more'), true);
      await served[0]!.until(() => served[0]!.over);
      served[0]!.stream.send(Buffer.from('done'), true);
      assert.equal(await open.outcome(), 'end');
      assert.deepEqual([await gone(client), await gone(server)], [undefined, undefined]);
      assert.equal(served.length, 1);
    }));

  test('an idle server that goes away closes at once, and what crosses it did not start', () =>
    withPeers(harness, {}, async ({ call, client, server }) => {
      const crossing = call('test.echo', 'x');
      server.goAway();
      server.goAway();
      assert.equal(await crossing.outcome(), 'lost SKERRY_RPC_DRAINING not started');
      assert.deepEqual([await gone(client), await gone(server)], [undefined, undefined]);
    }));

  test('a server that waits for a handler whose caller has left closes when it has ended', () =>
    withPeers(harness, {}, async ({ call, client, server, served, settle }) => {
      const stream = call('test.silent');
      call('test.silent');
      await settle();
      stream.stream.cancel('cancelled');
      server.goAway();
      await settle();
      served[1]!.stream.send(undefined, true);
      assert.equal(client.openStreams, 1);
      served[0]!.stream.send(undefined, true);
      await Promise.all([gone(client), gone(server)]);
    }));

  test('a client that goes away finishes what it asked for, and closes', () =>
    withPeers(harness, {}, async ({ call, client, server, served, settle }) => {
      const open = call('test.silent');
      client.goAway();
      assert.equal(client.draining, true);
      await settle();
      assert.equal(server.draining, true);
      served[0]!.stream.send(Buffer.from('done'), true);
      assert.equal(await open.outcome(), 'end');
      assert.deepEqual([await gone(client), await gone(server)], [undefined, undefined]);
    }));

  test('close loses what is open, on both sides, after sending what was queued', () =>
    withPeers(harness, {}, async ({ call, client, server, served, settle }) => {
      const open = call('test.silent');
      const answered = call('test.silent');
      await settle();
      served[1]!.stream.send(Buffer.from('just in time'), true);
      server.close();
      assert.deepEqual([served[0]!.log, served[1]!.log], [['lost SKERRY_RPC_CONNECTION_LOST'], []]);
      assert.equal(await open.outcome(), 'lost SKERRY_RPC_CONNECTION_LOST');
      assert.equal(await answered.outcome(), 'end');
      assert.match((open.failure as SkerryError).message, /closed the connection/);
      assert.deepEqual([await gone(client), await gone(server)], [undefined, undefined]);
    }));

  test('a broken connection loses what is open, on both sides, and may have started it', () =>
    withPeers(harness, {}, async ({ call, client, clientLink, server, served, settle }) => {
      const streams = [call('test.silent'), call('test.silent', 'x', { end: false })];
      const ping = client.ping(never());
      await settle();
      await ping;
      const pending = assert.rejects(client.ping(never()), { code: 'SKERRY_RPC_CONNECTION_LOST' });
      clientLink.destroy(new SkerryError('SKERRY_TRANSPORT_PEER_STALLED', 'for this test'));
      for (const stream of streams) assert.equal(await stream.outcome(), 'lost SKERRY_RPC_CONNECTION_LOST');
      await pending;
      const [here, there] = [await gone(client), await gone(server)];
      assert.deepEqual([here?.code, there?.code], ['SKERRY_TRANSPORT_PEER_STALLED', 'SKERRY_RPC_CONNECTION_LOST']);
      assert.equal((streams[0]!.failure as SkerryError).cause, here);
      assert.equal(served[0]!.failure, there);
      assert.deepEqual(
        served.map(({ log }) => log),
        [['lost SKERRY_RPC_CONNECTION_LOST'], ['lost SKERRY_RPC_CONNECTION_LOST']],
      );
      assert.deepEqual([client.openStreams, server.openStreams], [0, 0]);
    }));

  test('a handler whose caller has left is not told again when the connection breaks', () =>
    withPeers(harness, {}, async ({ call, client, server, served, settle }) => {
      const stream = call('test.silent');
      await settle();
      stream.stream.cancel('cancelled');
      await settle();
      client.destroy();
      await gone(server);
      assert.deepEqual([served[0]!.log, server.openStreams], [['cancel cancelled'], 0]);
    }));

  test('a connection that has ended takes nothing, and says so', () =>
    withPeers(harness, {}, async ({ call, client, served, server, settle }) => {
      const open = call('test.silent', 'x', { end: false });
      await settle();
      client.destroy();
      await Promise.all([gone(client), gone(server)]);
      assert.equal(await call('test.echo', 'x').outcome(), 'lost SKERRY_RPC_CONNECTION_LOST not started');
      await assert.rejects(client.ping(never()), { code: 'SKERRY_RPC_CONNECTION_LOST' });
      assert.equal(client.draining, true);
      for (const { stream } of [open, served[0]!]) {
        assert.equal(stream.writable, false);
        stream.send(Buffer.from('x'), true);
        stream.consumed(1_000_000);
        stream.cancel('cancelled');
        stream.fail({ code: 'X', status: 'INTERNAL', message: 'x', retryable: false });
      }
      client.close();
      client.goAway();
      client.destroy();
      assert.equal(open.log.length, 1);
    }));

  test('a stream’s end may close the connection from within', () =>
    withPeers(harness, {}, async ({ call, client, server }) => {
      const [one, two] = [call('test.echo', 'x'), call('test.echo', 'x')];
      one.onMessage = () => client.destroy();
      assert.equal(await two.outcome(), 'lost SKERRY_RPC_CONNECTION_LOST');
      assert.deepEqual(one.log, ['last message', 'lost SKERRY_RPC_CONNECTION_LOST']);
      await Promise.all([gone(client), gone(server)]);
    }));
}
