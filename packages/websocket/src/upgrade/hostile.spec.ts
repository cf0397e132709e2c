import { eventually, openHandles } from '@skerry-private/test-kit';
import { Clock, ManualClock, tokenKey, type SkerryError } from '@skerry/core';
import { clientFrame, handshake, opcode, RawPeer } from '../fixtures/raw-peer.js';
import { serveWorkshop, type Serving } from '../fixtures/workshop.js';

const seed = Number(process.env['SKERRY_SEED'] ?? 1);
const inputs = 10_000;
/** Peers that are there at the same time. */
const together = 50;
const megabyte = 1024 * 1024;

let serving: Serving;

afterEach(() => serving.application.stop());

/** Whether the server still does what it should. */
async function expectUnharmed(): Promise<void> {
  const good = await RawPeer.open(serving.port);
  good.socket.write(
    clientFrame(opcode.text, '{"jsonrpc":"2.0","id":1,"method":"workshop.hello","params":{"name":"Ada"}}'),
  );
  expect(await good.until(/Hello Ada/)).toContain('Hello Ada');
  good.socket.destroy();
}

const heap = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

describe.each(['skerry.1', 'jsonrpc'])('a hostile peer of %s', (subprotocol) => {
  const kind = subprotocol === 'jsonrpc' ? opcode.text : opcode.binary;
  const open = (): Promise<RawPeer> => RawPeer.open(serving.port, { subprotocol });

  beforeEach(async () => void (serving = await serveWorkshop()));

  test('is refused when it does not mask, uses reserved bits, or unknown kinds of frames', async () => {
    const masked = clientFrame(kind, 'x');
    const reserved = Buffer.concat([Buffer.of(masked[0]! | 0x40), masked.subarray(1)]);
    const bad = [
      clientFrame(kind, 'x', { masked: false }),
      reserved,
      clientFrame(3, 'x'),
      clientFrame(opcode.continuation),
    ];
    const largePing = clientFrame(opcode.ping, 'x'.repeat(126));
    for (const bytes of [...bad, largePing, clientFrame(opcode.ping, 'x', { final: false })]) {
      const peer = await open();
      peer.socket.write(bytes);
      expect(await peer.closeCode()).toBe(1002);
    }
    await expectUnharmed();
  });

  test('announces 2^62 bytes, or 1 GB, and is refused before they come', async () => {
    for (const [high, low] of [
      [0x4000_0000, 0],
      [0, 1024 * megabyte],
    ] as const) {
      const head = Buffer.alloc(14);
      head[0] = 128 | kind;
      head[1] = 128 | 127;
      head.writeUInt32BE(high, 2);
      head.writeUInt32BE(low, 6);
      const peer = await open();
      peer.socket.write(head);
      expect(await peer.closeCode()).toBe(1009);
    }
    await expectUnharmed();
  });

  test('sends a message in a million pieces, or one without end, and is cut off', async () => {
    const before = heap();
    const tiny = await open();
    tiny.socket.write(clientFrame(kind, 'x', { final: false }));
    const many = Buffer.concat(
      Array.from({ length: 10_000 }, () => clientFrame(opcode.continuation, 'x', { final: false })),
    );
    for (let i = 0; i < 100 && !tiny.socket.destroyed; i++) tiny.socket.write(many);
    expect(await tiny.closeCode()).toBe(1008);
    const large = await open();
    large.socket.write(clientFrame(kind, 'x', { final: false }));
    const part = clientFrame(opcode.continuation, Buffer.alloc(megabyte, 'x'), { final: false });
    for (let i = 0; i < 8; i++) large.socket.write(part);
    expect(await large.closeCode()).toBe(1009);
    expect(heap() - before).toBeLessThan(64 * megabyte);
    await expectUnharmed();
  });

  test('floods with pings, reads nothing, and costs nothing', async () => {
    const before = heap();
    const peer = await open();
    peer.socket.pause();
    const flood = Buffer.concat(Array.from({ length: 1_000 }, () => clientFrame(opcode.ping, 'x'.repeat(125))));
    for (let i = 0; i < 200; i++) await new Promise((resolve) => peer.socket.write(flood, resolve));
    await expectUnharmed();
    expect(heap() - before).toBeLessThan(64 * megabyte);
    peer.socket.destroy();
  });

  test('is answered one ping for many that come together', async () => {
    const peer = await open();
    peer.socket.write(Buffer.concat(Array.from({ length: 100 }, (_, i) => clientFrame(opcode.ping, `${i}`))));
    expect(await peer.until(/99$/)).toMatch(/99$/);
    expect(peer.received.length).toBeLessThan(800);
    peer.socket.destroy();
  });
});

test('a JSON-RPC peer that asks and never reads is left unread', async () => {
  serving = await serveWorkshop();
  const before = heap();
  const peer = await RawPeer.open(serving.port);
  peer.socket.pause();
  const name = 'x'.repeat(80);
  const ask = clientFrame(
    opcode.text,
    JSON.stringify({ jsonrpc: '2.0', id: name.repeat(20), method: 'workshop.hello', params: { name } }),
  );
  const flood = Buffer.concat(Array.from({ length: 100 }, () => ask));
  let taken = 0;
  for (let i = 0; i < 500; i++) peer.socket.write(flood, () => taken++);
  await expectUnharmed();
  await eventually(() => expect(peer.socket.writableLength).toBeGreaterThan(0));
  expect(taken).toBeLessThan(500);
  expect(heap() - before).toBeLessThan(256 * megabyte);
  peer.socket.destroy();
});

test('peers that fall silent, in the middle of a message or with nothing to say, are given up by the clock', async () => {
  const clock = new ManualClock();
  const overrides = new Map([[tokenKey(Clock), { provide: Clock, useValue: clock }]]);
  serving = await serveWorkshop({}, { overrides });
  const halfway = await RawPeer.open(serving.port, { subprotocol: 'jsonrpc' });
  halfway.socket.write(clientFrame(opcode.text, 'x'.repeat(1_000)).subarray(0, 100));
  const mute = await RawPeer.open(serving.port);
  const noHello = await RawPeer.open(serving.port, { subprotocol: 'skerry.1' });
  // What was written has arrived.
  await expectUnharmed();
  const over = Promise.all([halfway.closed, mute.closed, noHello.closed]);
  let seconds = 0;
  const counting = (async () => {
    for (
      ;
      seconds < 120 && !(halfway.socket.destroyed && mute.socket.destroyed && noHello.socket.destroyed);
      seconds++
    ) {
      await clock.advance(1_000);
      await new Promise(setImmediate);
    }
  })();
  await over;
  await counting;
  expect(seconds).toBeLessThan(120);
  const codes = serving.events.flatMap((event) =>
    'error' in event && 'peer' in event ? [(event.error as SkerryError).code] : [],
  );
  // The first was the good one, which left without a word.
  expect(codes).toEqual([
    ...['SKERRY_RPC_CONNECTION_LOST', 'SKERRY_RPC_PROTOCOL'],
    ...['SKERRY_TRANSPORT_PEER_STALLED', 'SKERRY_RPC_CONNECTION_LOST'],
  ]);
  const stopping = serving.application.stop();
  let stopped = false;
  void stopping.then(() => (stopped = true));
  while (!stopped) {
    await clock.advance(100);
    await new Promise(setImmediate);
  }
});

test(`${inputs} mutated peers harm nobody`, async () => {
  serving = await serveWorkshop();
  const handles = openHandles();
  const thrown: unknown[] = [];
  const note = (error: unknown): void => void thrown.push(error);
  process.on('uncaughtException', note).on('unhandledRejection', note);
  for (let from = 0; from < inputs; from += together) {
    const cases = Array.from({ length: together }, (_, i) => from + i);
    try {
      await Promise.all(cases.map((each) => attack(new Dice(Math.imul(seed, 1_000_003) + each))));
    } catch (error) {
      throw new Error(`SKERRY_SEED=${seed}, cases from ${from}: ${(error as Error).message}`, { cause: error });
    }
    if (thrown.length > 0) throw new Error(`SKERRY_SEED=${seed}, cases from ${from}`, { cause: thrown[0] });
    if (from % 1_000 === 0) await expectUnharmed();
  }
  process.off('uncaughtException', note).off('unhandledRejection', note);
  await expectUnharmed();
  await handles.nothingMore();
}, 180_000);

async function attack(dice: Dice): Promise<void> {
  const peer = await RawPeer.connect(serving.port);
  for (const piece of conversation(dice))
    await new Promise<void>((resolve) => peer.socket.write(piece, () => resolve()));
  if (dice.below(3) === 0) peer.socket.resetAndDestroy();
  else peer.socket.end();
  // The server ends its side whatever it was sent, since nothing more will come.
  await peer.closed;
}

/** A conversation that is right, until something of it was changed. */
function conversation(dice: Dice): Buffer[] {
  const subprotocol = dice.below(2) === 0 ? 'skerry.1' : 'jsonrpc';
  const native = subprotocol === 'skerry.1';
  const hello = '{"protocol":1,"codec":"json","windowBytes":1000,"maxStreams":1,"maxMessageBytes":1000}';
  const said = native
    ? [
        `\x01${hello}`,
        '\x02\x00\x00workshop.hello',
        `\x03\x00\x00\x00\x01\x00\x00\x01\x00\x00\x10\x00{"name":"Ada"}`,
        '\x09\x00\x00\x00\x01',
      ]
    : [
        '{"jsonrpc":"2.0","id":1,"method":"workshop.hello","params":{"name":"Ada"}}',
        '[{"jsonrpc":"2.0","method":"workshop.note"}]',
      ];
  const pieces: Buffer[] = [Buffer.from(handshake({ subprotocol }))];
  for (const each of said) {
    const bytes = Buffer.from(each, 'latin1');
    if (dice.below(4) === 0) {
      const at = dice.below(bytes.length);
      pieces.push(clientFrame(native ? opcode.binary : opcode.text, bytes.subarray(0, at), { final: false }));
      if (dice.below(2) === 0) pieces.push(clientFrame(opcode.ping, 'now'));
      pieces.push(clientFrame(opcode.continuation, bytes.subarray(at)));
    } else pieces.push(clientFrame(native ? opcode.binary : opcode.text, bytes));
  }
  if (dice.below(2) === 0) pieces.push(clientFrame(opcode.close, Buffer.of(3, 232)));
  for (let changes = dice.below(4); changes > 0; changes--) {
    // The handshake is left alone most of the time, or nothing beyond it would be reached.
    const which = dice.below(5) === 0 ? 0 : dice.below(pieces.length);
    const piece = pieces[which]!;
    if (piece.length === 0) continue;
    const at = dice.below(piece.length);
    const how = dice.below(5);
    if (how === 0) piece[at] = dice.below(256);
    else if (how === 1) piece[at]! ^= 1 << dice.below(8);
    else if (how === 2) pieces[which] = piece.subarray(0, at);
    else if (how === 3)
      pieces[which] = Buffer.concat([
        piece.subarray(0, at),
        Buffer.from(Array.from({ length: dice.below(300) }, () => dice.below(256))),
        piece.subarray(at),
      ]);
    else pieces.splice(which, 0, Buffer.from(piece));
  }
  return dice.below(2) === 0 ? [Buffer.concat(pieces)] : pieces;
}

/** The same numbers for the same seed. */
class Dice {
  constructor(private state: number) {}

  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}
