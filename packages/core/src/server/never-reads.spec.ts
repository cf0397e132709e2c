import type { Socket } from 'node:net';
import { eventually, heldBytes } from '@skerry-private/test-kit';
import { ManualClock } from '../clock/manual-clock.js';
import { serving, type AllKinds } from './fixtures/all-kinds.js';
import { GoodCaller } from './fixtures/good-caller.js';
import { attackedTransports } from './fixtures/sockets.js';
import { calls, generousHello, onTheWire } from './fixtures/stranger.js';
import type { ServerEvent } from './server-events.js';
import type { Server } from './server.js';

const megabyte = 1024 * 1024;
/** For real sockets on a busy machine. */
const patience = { withinMs: 15_000 };

const transports = await attackedTransports(afterAll);

describe.each(transports)(
  'a peer over $name that asks and never reads',
  ({ name, open, anyAddress, stranger, opening }) => {
    let clock: ManualClock;
    let server: Server;
    let events: ServerEvent[];
    let service: AllKinds;
    let address: string;
    let good: GoodCaller;
    let peer: Socket;

    beforeEach(async () => {
      clock = new ManualClock();
      const transport = open(clock);
      ({ server, events, service } = serving(clock, transport));
      address = await server.listen(anyAddress);
      good = await GoodCaller.of(transport, clock, address);
      peer = await stranger(address);
      peer.pause();
    });

    afterEach(async () => {
      peer.destroy();
      good.connection.destroy();
      await server.close();
      await eventually(() => expect(clock.pendingTimers).toBe(0), patience);
    });

    const refusals = () => events.filter(({ type }) => type !== 'listening');
    /** Asks for `count` megabytes, more than the system takes, and waits until the rest waits for the peer. */
    const ask = async (count: number): Promise<void> => {
      const asked = calls('kinds.big', Array<number>(count).fill(1_000_000));
      peer.write(Buffer.concat([opening, onTheWire([generousHello, ...asked])]));
      await eventually(() => expect(service.bigCalls).toBe(count), patience);
      for (let value = 0; value < 20; value++) await good.call('kinds.echo', { value });
    };

    test('is given up once it took nothing for 30 s, and that is said once', async () => {
      await ask(40);
      await clock.advance(29_000);
      expect(refusals()).toEqual([]);
      // What the system has taken meanwhile counts as progress.
      await eventually(async () => {
        await clock.advance(1_000);
        expect(refusals()).not.toEqual([]);
      }, patience);
      await expect(good.call('kinds.echo', { value: 1 })).resolves.toEqual({ value: 1 });
      good.connection.close();
      await server.close();
      expect(refusals()).toMatchObject([
        {
          type: 'peer-refused',
          peer: expect.stringMatching(`^${name}://`),
          error: { code: 'SKERRY_TRANSPORT_PEER_STALLED' },
        },
      ]);
    });

    test('is given up at once when more waits for it than may', async () => {
      const before = heldBytes();
      const asked = calls('kinds.big', Array<number>(100).fill(4_000_000));
      peer.write(Buffer.concat([opening, onTheWire([generousHello, ...asked])]));
      let most = 0;
      await eventually(() => {
        // What is garbage already is not what waits for the peer.
        most = Math.max(most, heldBytes() - before);
        expect(refusals()).toHaveLength(1);
      }, patience);
      expect(refusals()).toMatchObject([{ type: 'peer-refused', error: { code: 'SKERRY_TRANSPORT_PEER_STALLED' } }]);
      // 400 MB were asked for, and 64 MiB may wait; a handler's text and its bytes exist side by side.
      expect(most).toBeLessThan(180 * megabyte);
      await expect(good.call('kinds.echo', { value: 1 })).resolves.toEqual({ value: 1 });
    });

    test('is not waited for longer than 5 s by a server that closes', async () => {
      await ask(40);
      const closing = server.close();
      let closed = false;
      void closing.then(() => (closed = true));
      await clock.advance(4_999);
      expect(closed).toBe(false);
      await clock.advance(1);
      await closing;
      // It was this side that ended the connection.
      expect(refusals()).toEqual([]);
    });

    test('holds up no drain either: what it does not take is finished for the server', async () => {
      await ask(40);
      await expect(server.drain(10_000)).resolves.toBe(0);
      const closing = server.close();
      await clock.advance(5_000);
      await expect(closing).resolves.toBeUndefined();
    });
  },
);
