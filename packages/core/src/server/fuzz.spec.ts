import { once } from 'node:events';
import type { Socket } from 'node:net';
import { eventually, heldBytes, openHandles } from '@skerry-private/test-kit';
import { ManualClock } from '../clock/manual-clock.js';
import { Dice } from '../rpc/fixtures/dice.js';
import { watched } from '../rpc/fixtures/watched.js';
import { encodePing } from '../rpc/frames.js';
import { frameType } from '../rpc/protocol.js';
import { Probe } from '../transport/conformance-probe.js';
import type { TransportDriver } from '../transport/driver.js';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.js';
import { serving } from './fixtures/all-kinds.js';
import { GoodCaller } from './fixtures/good-caller.js';
import { conversation, type Conversation } from './fixtures/hostile-caller.js';
import { brokenStream } from './fixtures/hostile-stream.js';
import { readAnswers } from './fixtures/server-answers.js';
import { attackedTransports } from './fixtures/sockets.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { ServerEvent } from './server-events.js';

const seed = Number(process.env['SKERRY_SEED'] ?? 1);
const framesCases = 97_000;
const transports = (await attackedTransports(afterAll)).map((each) => ({
  ...each,
  streamCases: each.name === 'tcp' ? 3_000 : 500,
}));
/** Callers that are there at the same time. */
const together = 50;
/** For real sockets on a busy machine. */
const patience = { withinMs: 20_000 };
const planned = ['not meant to be seen', 'in the middle'];

// As outside of Jest, which asks for ten times as much of each error.
Error.stackTraceLimit = 10;

const dice = (index: number): Dice => new Dice(Math.imul(seed, 1_000_003) + index);
/** For the message of a failure: what repeats it. */
const replay = (index: number, sent: readonly Buffer[]): string =>
  `SKERRY_SEED=${seed}, case ${index}: ${sent.map((frame) => frame.toString('hex').slice(0, 400)).join(' ')}`;

/** A server beside a caller that must notice nothing, and what its connections threw. */
async function victim(open: (clock: ManualClock) => TransportDriver, address: string) {
  const clock = new ManualClock();
  const driver = open(clock);
  const thrown: unknown[] = [];
  /** Codes that connections ended with. */
  const reached = new Set<string>();
  const watching: TransportDriver = {
    scheme: driver.scheme,
    listen: (where, accept, refused) => driver.listen(where, (link) => accept(watched(link, thrown)), refused),
    connect: (where, signal) => driver.connect(where, signal),
  };
  const { server, events } = serving(clock, watching);
  const listening = await server.listen(address);
  const good = await GoodCaller.of(driver, clock, listening);
  await good.call('kinds.echo', { value: 5 });
  return { clock, driver, thrown, server, events, address: listening, good, idleTimers: clock.pendingTimers, reached };
}

type Victim = Awaited<ReturnType<typeof victim>>;

/** What holds whenever those that meant no good have left. Empties the events. */
async function expectUnharmed(all: Victim, codes: readonly string[]): Promise<void> {
  const { thrown, server, events, good, clock, idleTimers } = all;
  // Node looks for rejections that nobody handles when a turn is over.
  await new Promise(setImmediate);
  expect(thrown).toEqual([]);
  for (const event of events.splice(0)) {
    checkHonest(event, codes);
    if ('error' in event && 'code' in (event.error as object)) all.reached.add((event.error as SkerryError).code);
  }
  expect(server.inFlight).toBe(0);
  await expect(good.call('kinds.echo', { value: 5 })).resolves.toEqual({ value: 5 });
  expect(good.connection.openStreams).toBe(0);
  expect(clock.pendingTimers).toBe(idleTimers);
}

/** Refused with a code, lost with a code, or a failure that a handler was asked for. Not by `expect`, which is slow. */
function checkHonest(event: ServerEvent, codes: readonly string[]): void {
  if (event.type === 'listening') return;
  const refused = event.type === 'peer-refused' || event.type === 'peer-lost';
  if (refused && codes.includes(event.error.code)) return;
  if (event.type === 'handler-failed' && planned.includes((event.error as Error).message)) return;
  throw new Error(`the server said ${event.type}`, { cause: 'error' in event ? event.error : undefined });
}

/** Ends all that is left, and looks whether something is. */
async function expectNothingLeft({ server, good, clock }: Victim): Promise<void> {
  good.connection.close();
  await server.close();
  await eventually(() => expect(clock.pendingTimers).toBe(0), patience);
}

/** Throws unless the caller was answered as it deserves, having sent a last PING. */
function judge(probe: Probe, { doomed, frames }: Conversation, nonce: number): void {
  const { pongs, goAway } = readAnswers(probe.frames);
  const closed = probe.log.includes('closed');
  if (!closed && doomed) throw new Error('what no state allows was taken');
  if (!closed && !pongs.includes(nonce)) throw new Error('it is open, and does not answer');
  if (!closed && goAway !== undefined) throw new Error('it said that it leaves, and stays');
  const left = frames.some((frame) => frame[0] === frameType.goAway);
  if (closed && goAway !== 'SKERRY_RPC_PROTOCOL' && !left) throw new Error('it was closed without a word');
}

test(`${framesCases} callers with spoilt frames do not harm a server, or its other callers`, async () => {
  const all = await victim((clock) => new MemoryTransport(new MemoryNetwork(), clock), 'memory://');
  const never = new AbortController().signal;
  const codes = ['SKERRY_RPC_PROTOCOL', 'SKERRY_RPC_CONNECTION_LOST'];
  const refused: Record<string, number> = {};
  let bytesBefore = 0;

  const attack = async (from: number, to: number): Promise<void> => {
    const callers = [];
    for (let i = from; i < to; i++) {
      const said = conversation(dice(i));
      callers.push({ i, said, probe: new Probe(await all.driver.connect(all.address, never)) });
    }
    // By turns, so that their frames meet in the server.
    for (let turn = 0, sent = true; sent; turn++) {
      sent = false;
      for (const { i, said, probe } of callers) {
        if (turn < said.frames.length) sent = probe.link.send(said.frames[turn]!) || sent;
        else if (turn === said.frames.length) probe.link.send(encodePing(frameType.ping, i + 100));
      }
    }
    await all.clock.settle();
    for (const { i, said, probe } of callers) {
      try {
        judge(probe, said, i + 100);
        for (const code of readAnswers(probe.frames).errors) refused[code] = (refused[code] ?? 0) + 1;
      } catch (error) {
        throw new Error(`${(error as Error).message}: ${replay(i, said.frames)}`, { cause: error });
      }
      if (i % 3 === 0) probe.link.close();
      else probe.link.destroy();
    }
    await all.clock.settle();
    expect(callers.filter(({ probe }) => probe.log.at(-1) !== 'closed')).toEqual([]);
  };

  for (let from = 0; from < framesCases; from += together) {
    try {
      await attack(from, Math.min(from + together, framesCases));
      await expectUnharmed(all, codes);
    } catch (error) {
      throw new Error(`SKERRY_SEED=${seed}, cases from ${from}: ${(error as Error).message}`, { cause: error });
    }
    // Once everything has been compiled and every cache is warm.
    if (from === 20_000) {
      bytesBefore = heldBytes();
    }
  }
  // A leak of 100 bytes for each would show.
  expect(heldBytes() - bytesBefore).toBeLessThan(6 * 1024 * 1024);
  // Otherwise nothing was reached.
  expect(Object.keys(refused)).toEqual(
    expect.arrayContaining([
      ...['SKERRY_VALIDATION_FAILED', 'SKERRY_CODEC_DECODE_FAILED', 'SKERRY_RPC_UNKNOWN_ENDPOINT'],
      ...['SKERRY_RPC_INTERNAL', 'SKERRY_RPC_OVERLOADED', 'SKERRY_RPC_DRAINING'],
    ]),
  );
  await expectNothingLeft(all);
}, 120_000);

test.each(transports)(
  `$streamCases spoilt streams of bytes over $name do not harm a server, or its other callers`,
  async ({ name, streamCases, open, anyAddress, stranger, opening }) => {
    const handles = openHandles();
    const all = await victim(open, anyAddress);
    const codes = [
      ...['SKERRY_RPC_PROTOCOL', 'SKERRY_RPC_CONNECTION_LOST'],
      ...['SKERRY_TRANSPORT_BAD_PREFACE', 'SKERRY_TRANSPORT_FRAME_TOO_LARGE'],
    ];

    const attack = async (index: number): Promise<void> => {
      const chance = dice(1_000_000 + index);
      const pieces = brokenStream(chance, opening);
      const socket = await stranger(all.address);
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      const ended = Promise.race([once(socket, 'end').catch(() => undefined), closed]);
      socket.resume();
      for (const piece of pieces) await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
      if (chance.chance(20)) breakOff(socket, name);
      else socket.end();
      // The server ends its side whatever it was sent, since nothing more will come.
      await ended.catch((error: unknown) => {
        throw new Error(`it was left open: ${replay(index, pieces)}`, { cause: error });
      });
      socket.destroy();
      await closed;
    };

    for (let from = 0; from < streamCases; from += together) {
      try {
        await Promise.all(Array.from({ length: together }, (_, i) => attack(from + i)));
        await eventually(() => expect(all.clock.pendingTimers).toBe(all.idleTimers), patience);
        await expectUnharmed(all, codes);
      } catch (error) {
        throw new Error(`SKERRY_SEED=${seed}, streams from ${from}: ${(error as Error).message}`, { cause: error });
      }
    }
    await expectNothingLeft(all);
    await handles.nothingMore();
  },
  120_000,
);

/** Only TCP can be reset, and not what is inside of TLS. */
function breakOff(socket: Socket, transport: string): void {
  if (transport === 'tcp' || transport === 'http') socket.resetAndDestroy();
  else socket.destroy();
}
