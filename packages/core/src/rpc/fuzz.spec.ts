import { ManualClock } from '../clock/manual-clock.js';
import { Probe } from '../transport/conformance-probe.js';
import type { Link } from '../transport/driver.js';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.js';
import { Recorder, ServedCall } from './conformance-peers.js';
import { RpcConnection } from './connection.js';
import { encodeError, encodeGoAway, encodeHello } from './control-json.js';
import { encodeCancel, encodeCredit, encodeData, encodeDefine, encodeOpen, encodePing } from './frames.js';
import { Dice } from './fixtures/dice.js';
import { spoilt } from './fixtures/spoilt.js';
import { watched } from './fixtures/watched.js';
import { frameType } from './protocol.js';
import type { OpenHead, RpcAcceptor } from './stream.js';

const seed = Number(process.env['SKERRY_SEED'] ?? 1);
const limits = { windowBytes: 500, maxStreams: 5, maxMessageBytes: 2_000, helloTimeoutMs: 5_000 };
const wire = { code: 'X', status: 'INTERNAL', message: 'x', retryable: false } as const;
const hello = encodeHello({ codec: 'json', windowBytes: 500, maxStreams: 5, maxMessageBytes: 2_000 });

/** Frames as an honest peer of either role might send them, to be spoilt. */
function plausible(dice: Dice, role: 'client' | 'server'): Buffer {
  const stream = 1 + dice.below(6);
  const end = dice.chance(40);
  const payload = dice.chance(70) ? dice.bytes(200) : undefined;
  const either = [
    () => encodeData(stream, payload, end || !payload),
    () => encodeCredit(stream, 1 + dice.below(1_000)),
    () => encodePing(dice.of([frameType.ping, frameType.pong]), dice.below(5)),
    () => encodeGoAway(stream, { code: 'X', message: 'x' }),
  ];
  const head: OpenHead = {
    timeoutMs: dice.below(10_000),
    ...(dice.chance(50) ? { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) } : {}),
    ...(dice.chance(50) ? { metadata: { tenant: 'blue', key: 'x'.repeat(dice.below(50)) } } : {}),
  };
  const client = [
    () => encodeDefine(dice.below(3), dice.of(['test.echo', 'test.silent', 'test.unknown'])),
    () => encodeOpen(stream, dice.below(3), head, payload, end) as Buffer,
    () => encodeOpen(stream, 0, head, payload, end) as Buffer,
    () => encodeCancel(stream, dice.of(['cancelled', 'deadline'] as const)),
  ];
  const server = [() => encodeError(stream, wire, dice.chance(50))];
  return dice.of([...either, ...(role === 'client' ? client : server)])();
}

/** The frames of one connection: mostly begun as it should be, so that the rest is reached. */
function conversation(dice: Dice, role: 'client' | 'server'): Buffer[] {
  const opening = [hello, ...(role === 'client' ? [encodeDefine(0, 'test.silent')] : [])];
  const frames = dice.chance(90) ? opening : opening.map((frame) => spoilt(dice, frame));
  for (let i = 0; i <= dice.below(8); i++) frames.push(spoilt(dice, plausible(dice, role)));
  return frames;
}

function acceptor(served: ServedCall[]): RpcAcceptor<string> {
  return {
    resolve: (name) => (name === 'test.unknown' ? { error: wire } : { endpoint: name }),
    accept: (stream, endpoint, head, payload, ended) => {
      const call = new ServedCall(stream, head, ended);
      if (endpoint === 'test.echo') {
        stream.send(payload, true);
        return call;
      }
      served.push(call);
      // Consumes what it gets, answers more than it may send, and every other one ends when it is told to.
      call.onMessage = (bytes) => {
        stream.consumed(bytes.length);
        for (let i = 0; i < 3; i++) stream.send(bytes, false);
      };
      if (payload) call.onMessage(payload);
      call.onWritable = () => stream.send(Buffer.from('more'), false);
      if (stream.id % 2 === 0) void call.until(() => call.over).then(() => stream.fail(wire));
      return call;
    },
  };
}

test.each(['client', 'server'] as const)(
  'no %s, however faulty, harms its peer or its peer’s other connections',
  async (role) => {
    const cases = role === 'client' ? 20_000 : 4_000;
    const clock = new ManualClock();
    const transport = new MemoryTransport(new MemoryNetwork(), clock);
    const never = new AbortController().signal;
    const common = { clock, limits, hello: { codec: 'json' } };
    const served: ServedCall[] = [];
    const thrown: unknown[] = [];
    const connections: RpcConnection<string>[] = [];
    const calls: Recorder[] = [];

    const listener = await transport.listen('memory://', (link) => {
      connections.push(
        new RpcConnection(watched(link, thrown), { ...common, role: 'server', acceptor: acceptor(served) }),
      );
    });
    const good = new RpcConnection(await transport.connect(listener.address, never), { ...common, role: 'client' });
    await good.ready();

    const attack = async (frames: readonly Buffer[]): Promise<void> => {
      let probe: Probe;
      if (role === 'client') {
        probe = new Probe(await transport.connect(listener.address, never));
      } else {
        let link!: Link;
        const ours = await transport.listen('memory://', (accepted) => (link = accepted));
        const victim = new RpcConnection(watched(await transport.connect(ours.address, never), thrown), {
          ...common,
          role: 'client',
        });
        await ours.close();
        probe = new Probe(link);
        probe.link.send(frames[0]!);
        await victim.ready().catch(() => undefined);
        for (let i = 0; i < 3; i++) {
          const call = new Recorder();
          call.stream = victim.open('test.silent', { timeoutMs: 1 }, Buffer.from('x'), i === 0, call);
          call.onMessage = (bytes) => call.stream.consumed(bytes.length);
          if (i > 0) call.onWritable = () => call.stream.send(Buffer.from('more'), false);
          calls.push(call);
        }
      }
      for (const frame of role === 'client' ? frames : frames.slice(1)) probe.link.send(frame);
      // A hostile peer leaves without a word; by then all that it sent has arrived.
      for (let i = 0; i < 4; i++) await Promise.resolve();
      probe.link.destroy();
      await probe.ended();
    };

    for (let i = 0; i < cases; i++) {
      const dealt = seed * 1_000_000 + i;
      const dice = new Dice(dealt);
      const frames = conversation(dice, role);
      await attack(frames);
      const replay = `SKERRY_SEED=${seed}, case ${i}: ${frames.map((frame) => frame.toString('hex')).join(' ')}`;
      if (thrown.length > 0) throw new Error(`${replay} made the connection throw`, { cause: thrown[0] });
      if (role === 'client') {
        const victim = connections.pop()!;
        if (victim.openStreams > 0 || !victim.draining) throw new Error(`${replay} left streams open`);
      }
      for (const call of [...served.splice(0), ...calls.splice(0)]) {
        const ends = call.log.filter((what) => /^(cancel|lost|error)/.test(what)).length;
        // A caller's end is no end for its handler, except for those that end with it.
        const answered = call.log.includes('end') && (!(call instanceof ServedCall) || call.stream.id % 2 === 0);
        if (ends > 1 || (ends === 0 && !answered)) throw new Error(`${replay} told a call [${call.log.join(', ')}]`);
      }
      if (i % 100 !== 0) continue;
      const call = new Recorder();
      call.stream = good.open('test.echo', { timeoutMs: 1_000 }, Buffer.from('still here'), true, call);
      await call.outcome();
      served.length = 0;
      if (call.messages[0] !== 'still here')
        throw new Error(`${replay} harmed another connection: ${call.log.join(', ')}`);
    }
    await listener.close();
    good.destroy();
    await clock.settle();
    expect(clock.pendingTimers).toBe(0);
  },
  120_000,
);
