import type { Socket } from 'node:net';
import { eventually } from '@skerry-private/test-kit';
import { ManualClock } from '../clock/manual-clock.js';
import { serving } from './fixtures/all-kinds.js';
import { GoodCaller } from './fixtures/good-caller.js';
import { attackedTransports } from './fixtures/sockets.js';
import { calls, generousHello, onTheWire } from './fixtures/stranger.js';

/** What a peer has sent before it falls silent, or sends one byte a second; it never ends by itself. */
const beginnings = (opening: Buffer): Readonly<Record<string, Buffer>> => ({
  nothing: Buffer.alloc(0),
  'what one says first': opening,
  'half of its introduction': Buffer.concat([opening, onTheWire([generousHello]).subarray(0, 30)]),
  'its introduction and the beginning of a call': Buffer.concat([
    opening,
    onTheWire([generousHello, ...calls('kinds.echo', [{ value: 1 }])]).subarray(0, -20),
  ]),
});
const all = onTheWire([generousHello, ...calls('kinds.echo', [{ value: 1, note: 'x'.repeat(100) }])]);
const perKind = 125;
/** For real sockets on a busy machine. */
const patience = { withinMs: 20_000 };

const transports = await attackedTransports(afterAll);

test.each(transports)(
  '500 silent peers over $name and 500 that send a byte a second are closed within 10 s, and nobody else notices',
  async ({ open: openTransport, anyAddress, stranger, opening }) => {
    const clock = new ManualClock();
    const transport = openTransport(clock);
    const { server, events } = serving(clock, transport);
    const address = await server.listen(anyAddress);
    const good = await GoodCaller.of(transport, clock, address);
    const goodCalls = async (): Promise<void> => {
      for (let value = 0; value < 20; value++) expect(await good.call('kinds.echo', { value })).toEqual({ value });
    };

    const open = new Set<Socket>();
    const trickling: { socket: Socket; rest: Buffer }[] = [];
    for (const beginning of Object.values(beginnings(opening))) {
      for (let i = 0; i < 2 * perKind; i++) {
        const socket = await stranger(address);
        open.add(socket);
        // Takes what it is sent, and keeps its own side open.
        socket.resume().on('close', () => open.delete(socket));
        socket.write(beginning);
        const rest = Buffer.concat([opening, all]).subarray(beginning.length);
        if (i % 2 === 0) trickling.push({ socket, rest });
      }
    }
    expect(open.size).toBe(1_000);
    await goodCalls();
    for (let second = 0; second < 10; second++) {
      for (const { socket, rest } of trickling) if (!socket.destroyed) socket.write(rest.subarray(second, second + 1));
      await goodCalls();
      await clock.advance(1_000);
    }
    // A byte to where nobody is any more is answered by a reset, which the next one shows; a link that is still held takes both.
    await eventually(() => {
      for (const socket of open) socket.write('x');
      expect(open.size).toBe(0);
    }, patience);

    const codes: Record<string, number> = {};
    for (const event of events)
      if (event.type === 'peer-refused') codes[event.error.code] = (codes[event.error.code] ?? 0) + 1;
    expect(codes).toEqual({
      SKERRY_TRANSPORT_BAD_PREFACE: 2 * perKind,
      SKERRY_RPC_PROTOCOL: 4 * perKind,
      SKERRY_TRANSPORT_PEER_STALLED: 2 * perKind,
    });
    await goodCalls();
    good.connection.close();
    await server.close();
    await eventually(() => expect(clock.pendingTimers).toBe(0), patience);
  },
  // A thousand handshakes take their time on a busy machine.
  180_000,
);
