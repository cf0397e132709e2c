import { eventually } from '@skerry-private/test-kit';
import { IsInt, Min } from 'class-validator';
import type { Client } from '../client/client.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Context } from '../context/context.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { ValidationError } from '../errors/validation-error.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { rejection, World } from './fixtures/in-memory.js';

class Chunk {
  @IsInt()
  @Min(0)
  value!: number;
}

class From {
  @IsInt()
  from!: number;
}

const seen = { taken: 0, cancelled: 0, release: undefined as (() => void) | undefined };

@Service('math')
class Maths {
  @Handler({ kind: 'client-stream', request: Chunk })
  async sum(chunks: AsyncIterable<Chunk>): Promise<{ total: number; count: number }> {
    let [total, count] = [0, 0];
    for await (const chunk of chunks) {
      if (!(chunk instanceof Chunk)) throw new TypeError('it was not made an instance');
      total += chunk.value;
      count++;
      seen.taken = count;
    }
    return { total, count };
  }

  @Handler({ kind: 'client-stream', request: Chunk })
  async first(chunks: AsyncIterable<Chunk>): Promise<number> {
    for await (const chunk of chunks) return chunk.value;
    return -1;
  }

  @Handler({ kind: 'client-stream', request: Chunk })
  async slowSum(chunks: AsyncIterable<Chunk>): Promise<number> {
    await new Promise<void>((resolve) => (seen.release = resolve));
    let total = 0;
    for await (const chunk of chunks) total += chunk.value;
    return total;
  }

  @Handler({ kind: 'bidirectional', request: Chunk })
  async *double(chunks: AsyncIterable<Chunk>): AsyncGenerator<number> {
    for await (const chunk of chunks) yield chunk.value * 2;
    yield -1;
  }

  @Handler()
  async *silent(request: From, context: Context): AsyncGenerator<number> {
    yield request.from;
    await new Promise((_resolve, reject) => {
      context.signal.addEventListener('abort', () => {
        seen.cancelled++;
        reject(context.signal.reason as Error);
      });
    });
  }
}

@Module({ providers: [Maths] })
class MathsModule {}

@Module()
class CallerModule {}

function chunks(count: number): Chunk[] {
  return Array.from({ length: count }, (_, value) => ({ value }));
}

describe('streams', () => {
  let world: World;
  let maths: Client<Maths>;

  beforeEach(async () => {
    Object.assign(seen, { taken: 0, cancelled: 0, release: undefined });
    world = new World();
    await world.start(MathsModule);
    maths = (await world.start(CallerModule)).client<Maths>('math');
  });

  afterEach(() => world.stop());

  test('go to the server, checked one by one, and come to one reply', async () => {
    await expect(maths.sum(chunks(1_000))).resolves.toEqual({ total: 499_500, count: 1_000 });
    await expect(maths.sum([])).resolves.toEqual({ total: 0, count: 0 });
  });

  test('come from anything that can be iterated', async () => {
    async function* slowly(): AsyncGenerator<Chunk> {
      for (const chunk of chunks(5)) {
        await world.clock.sleep(2);
        yield chunk;
      }
    }
    await expect(maths.sum(slowly())).resolves.toEqual({ total: 10, count: 5 });
    await expect(maths.sum(new Set(chunks(3)))).resolves.toEqual({ total: 3, count: 3 });
  });

  test('go both ways at once, and half-close', async () => {
    let sent = 0;
    const answers: number[] = [];
    async function* questions(): AsyncGenerator<Chunk> {
      for (const chunk of chunks(20)) {
        // Only after the answer to the one before: neither side waits for the other's end.
        await eventually(() => expect(answers).toHaveLength(sent));
        sent++;
        yield chunk;
      }
    }
    for await (const answer of maths.double(questions())) answers.push(answer);
    expect(answers).toEqual([...chunks(20).map(({ value }) => value * 2), -1]);
  });

  test('tell the wrong field of the first message that is wrong', async () => {
    const error = await rejection<ValidationError>(maths.sum([{ value: 1 }, { value: -5 }, { value: 2 }]));
    expect(error).toMatchObject({ code: 'SKERRY_VALIDATION_FAILED', fields: [{ path: 'value' }] });
    expect(seen.taken).toBe(1);
  });

  test('end when the handler has had enough, and tell whoever makes the messages', async () => {
    let stopped = false;
    async function* endless(): AsyncGenerator<Chunk> {
      try {
        for (let value = 7; ; value++) {
          yield { value };
          await Promise.resolve();
        }
      } finally {
        stopped = true;
      }
    }
    await expect(maths.first(endless())).resolves.toBe(7);
    await eventually(() => expect(stopped).toBe(true));
  });

  test('hold a caller whose server is slow', async () => {
    let made = 0;
    function* many(): Generator<Chunk> {
      for (; made < 200_000; made++) yield { value: 1 };
    }
    const reply = maths.slowSum(many());
    await eventually(() => expect(seen.release).toBeDefined());
    await world.clock.sleep(50);
    const held = made;
    await world.clock.sleep(50);
    expect(made).toBe(held);
    expect(held).toBeLessThan(50_000);
    seen.release!();
    await expect(reply).resolves.toBe(200_000);
  });

  test('fail with what makes their messages, and cancel the handler', async () => {
    const error = await rejection<SkerryError>(
      maths.sum(
        (async function* () {
          yield { value: 1 };
          throw new Error('the file has gone');
        })(),
      ),
    );
    expect(error.code).toBe('SKERRY_RPC_CANCELLED');
    expect(error.message).toContain('the messages to send could not be had: the file has gone');
  });

  test('refuse one message where many are taken', async () => {
    const error = await rejection<SkerryError>(maths.sum({ value: 1 } as unknown as Chunk[]));
    expect(error.code).toBe('SKERRY_RPC_WRONG_KIND');
    expect(error.message).toContain('Cannot call math.sum with one message');
  });

  test('have no deadline unless one is given, and end when nothing comes for too long', async () => {
    const clock = new ManualClock();
    world = new World(clock);
    await world.start(MathsModule);
    const patient = (await world.start(CallerModule)).client<Maths>('math');
    const items: number[] = [];
    const idle = rejection<SkerryError>(
      (async () => {
        for await (const item of patient.silent({ from: 3 })) items.push(item);
      })(),
    );
    // Well beyond the deadline of a call.
    await clock.advance(29_000);
    expect(items).toEqual([3]);
    expect(seen.cancelled).toBe(0);
    await clock.advance(2_000);
    expect(await idle).toMatchObject({ code: 'SKERRY_RPC_STREAM_IDLE', status: 'DEADLINE_EXCEEDED' });
    await eventually(() => expect(seen.cancelled).toBe(1));
  });

  test('end by the deadline that they are given, however lively they are', async () => {
    const error = await rejection<SkerryError>(
      (async () => {
        for await (const item of maths.silent({ from: 3 }, { timeoutMs: 50 })) void item;
      })(),
    );
    expect(error.code).toBe('SKERRY_RPC_DEADLINE_EXCEEDED');
  });

  test('are not idle while their consumer takes its time', async () => {
    const clock = new ManualClock();
    world = new World(clock);
    await world.start(MathsModule);
    const patient = (await world.start(CallerModule)).client<Maths>('math');
    const stream = patient.double(chunks(3), { idleTimeoutMs: 1_000 })[Symbol.asyncIterator]();
    await expect(stream.next()).resolves.toMatchObject({ value: 0 });
    await clock.advance(60_000);
    await expect(stream.next()).resolves.toMatchObject({ value: 2 });
    await stream.return!();
  });

  test('go on to another node when one is shutting down, from their beginning', async () => {
    const [app] = world.apps;
    await maths.sum([]);
    const stopping = app!.stop();
    const sums = Array.from({ length: 5 }, () => maths.sum(chunks(10)));
    await world.start(MathsModule);
    for (const sum of sums) await expect(sum).resolves.toEqual({ total: 45, count: 10 });
    await stopping;
  });

  test('need a class for their messages, and a method that fits, or do not start', async () => {
    @Service('wrong')
    class Wrong {
      @Handler({ kind: 'client-stream' })
      async nameless(messages: AsyncIterable<Chunk>): Promise<void> {
        for await (const message of messages) void message;
      }

      @Handler({ kind: 'client-stream', request: Chunk })
      async *generator(messages: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
        yield* messages;
      }
    }
    @Module({ providers: [Wrong] })
    class WrongModule {}
    const error = await rejection<SkerryError & { problems: { message: string }[] }>(world.create(WrongModule));
    expect(error.problems.map(({ message }) => message)).toEqual([
      'Cannot serve Wrong.nameless: nothing tells the class of its messages.',
      "Cannot serve Wrong.generator: it is an async generator, and declared with kind: 'client-stream'.",
    ]);
  });
});
