import { ArrayMaxSize, IsArray, IsInt, IsString, Length } from 'class-validator';
import type { Client } from '../client/client.js';
import { Clock } from '../clock/clock.js';
import { ManualClock } from '../clock/manual-clock.js';
import { Inject } from '../container/injectable.js';
import { Context } from '../context/context.js';
import { SkerryError } from '../errors/skerry-error.js';
import { ValidationError } from '../errors/validation-error.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { rejection, World } from './fixtures/in-memory.js';

class Note {
  @IsString()
  @Length(1, 20)
  text!: string;

  @IsArray()
  @ArrayMaxSize(3)
  @IsInt({ each: true })
  numbers!: number[];
}

/** What the handlers were given. */
let given: unknown[] = [];
let contexts: Context[] = [];
let produced = 0;
let cleanedUp = 0;
const kept = { list: [1, 2] };

@Service('notes')
class Notes {
  constructor(@Inject(Clock) private readonly clock: Clock) {}

  @Handler({ idempotent: true })
  async take(note: Note, context: Context): Promise<Note> {
    given.push(note);
    contexts.push(context);
    return note;
  }

  @Handler({ request: Object })
  async any(message: unknown): Promise<unknown> {
    given.push(message);
    return message;
  }

  @Handler()
  async mine(): Promise<typeof kept> {
    return kept;
  }

  @Handler()
  async fail(): Promise<void> {
    throw new SkerryError('FULL', 'no more notes', { status: 'RESOURCE_EXHAUSTED', details: { most: 3 } });
  }

  @Handler()
  async breakDown(): Promise<void> {
    throw new Error('the password is hunter2');
  }

  @Handler()
  async large(): Promise<string> {
    return 'x'.repeat(20_000);
  }

  @Handler()
  async slow(context: Context): Promise<void> {
    contexts.push(context);
    await this.clock.sleep(60_000, context.signal);
  }

  @Handler()
  async *count(note: Note): AsyncGenerator<number> {
    try {
      for (let i = 0; i < note.numbers[0]!; i++) {
        produced++;
        yield i;
      }
      if (note.text === 'fail') throw new SkerryError('ENOUGH', 'counted enough');
    } finally {
      cleanedUp++;
    }
  }

  @Handler({ kind: 'bidirectional', request: Note })
  async *mirror(notes: AsyncIterable<Note>): AsyncGenerator<string> {
    for await (const { text } of notes) yield text;
  }
}

@Module({ providers: [Notes] })
class NotesModule {}

@Module()
class OtherModule {}

const note = { text: 'hello', numbers: [1, 2] };

describe.each(['of its own application', 'of another application'])('a call of a service %s', (whose) => {
  let clock: ManualClock;
  let world: World;
  let notes: Client<Notes>;

  beforeEach(async () => {
    [given, contexts, produced, cleanedUp] = [[], [], 0, 0];
    clock = new ManualClock();
    world = new World(clock);
    const options = { maxMessageBytes: 10_000 };
    const serving = await world.start(NotesModule, options);
    const other = await world.start(OtherModule, options);
    notes = (whose === 'of its own application' ? serving : other).client<Notes>('notes');
    await notes.take(note);
    [given, contexts] = [[], []];
  });

  afterEach(() => world.stop());

  test('gives copies: neither side sees what the other does with a message', async () => {
    const request = { text: 'hello', numbers: [1, 2] };
    const reply = await notes.take(request);
    expect(reply).toEqual(request);
    expect(given[0]).toBeInstanceOf(Note);
    expect(reply).not.toBe(given[0]);
    (given[0] as Note).numbers.push(9);
    expect(request.numbers).toEqual([1, 2]);
    expect(reply.numbers).toEqual([1, 2]);
    const mine = await notes.mine();
    mine.list.push(3);
    expect(kept.list).toEqual([1, 2]);
  });

  test('copies at the time of the call', async () => {
    const request = { text: 'before', numbers: [] };
    const reply = notes.take(request);
    request.text = 'after';
    await expect(reply).resolves.toMatchObject({ text: 'before' });
  });

  test('gives what the codec makes of a message', async () => {
    const at = new Date(0);
    await expect(notes.any({ at, none: undefined, nan: NaN, __proto__: { inherited: 1 } })).resolves.toStrictEqual({
      at: at.toISOString(),
      nan: null,
    });
    const circle: Record<string, unknown> = {};
    circle['circle'] = circle;
    await expect(notes.any(circle)).rejects.toMatchObject({ code: 'SKERRY_CODEC_ENCODE_FAILED' });
  });

  test('carries errors whole, and hides what was not meant to be seen', async () => {
    const error = await rejection<SkerryError>(notes.fail());
    expect(error).toMatchObject({ code: 'FULL', message: 'no more notes', details: { most: 3 }, retryable: false });
    expect(error.origin?.service).toBe('notes');
    expect(error.traceId).toMatch(/^[0-9a-f]{32}$/);
    const hidden = await rejection<SkerryError>(notes.breakDown());
    expect(hidden).toMatchObject({ code: 'SKERRY_RPC_INTERNAL' });
    expect(JSON.stringify(hidden)).not.toMatch(/hunter2/);
    const invalid = await rejection<ValidationError>(notes.take({ text: '', numbers: [1.5] }));
    expect(invalid).toBeInstanceOf(ValidationError);
    expect(invalid.fields.map(({ path }) => path)).toEqual(['text', 'numbers']);
  });

  test('carries its context', async () => {
    await notes.take(note, {
      metadata: { tenant: 'a' },
      baggage: { user: 'ada' },
      idempotencyKey: 'k',
      timeoutMs: 700,
    });
    const [context] = contexts;
    expect(context).toMatchObject({ metadata: { tenant: 'a' }, baggage: { user: 'ada' }, idempotencyKey: 'k' });
    expect(context!.deadline - clock.now()).toBeLessThanOrEqual(700);
    expect(context!.caller?.service).toBe(whose === 'of its own application' ? 'notes' : 'OtherModule');
    expect(context!.operation).toBe('notes.take');
  });

  test('ends by its deadline, and its handler is told', async () => {
    const call = rejection<SkerryError>(notes.slow(undefined, { timeoutMs: 200 }));
    await clock.advance(200);
    expect(await call).toMatchObject({ code: 'SKERRY_RPC_DEADLINE_EXCEEDED' });
    await clock.advance(1);
    expect(contexts[0]!.signal.aborted).toBe(true);
  });

  test('can be cancelled, and its handler is told', async () => {
    const leaving = new AbortController();
    const call = rejection<SkerryError>(notes.slow(undefined, { signal: leaving.signal }));
    await clock.advance(1);
    leaving.abort();
    expect(await call).toMatchObject({ code: 'SKERRY_RPC_CANCELLED' });
    await clock.advance(1);
    expect(contexts[0]!.signal.reason).toMatchObject({ code: 'SKERRY_RPC_CANCELLED' });
  });

  test('refuses messages that are too large, both ways', async () => {
    const text = 'x'.repeat(20_000);
    await expect(notes.any({ text })).rejects.toMatchObject({ code: 'SKERRY_TRANSPORT_FRAME_TOO_LARGE' });
    await expect(notes.large()).rejects.toMatchObject({ code: 'SKERRY_TRANSPORT_FRAME_TOO_LARGE' });
    // What only looks large before it is encoded is not.
    await expect(notes.any({ text: 'x'.repeat(9_000) })).resolves.toBeDefined();
  });

  test('streams items in order, with an error after those before it', async () => {
    const items: number[] = [];
    const reading = (async () => {
      for await (const item of notes.count({ text: 'fail', numbers: [5_000] })) items.push(item);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'ENOUGH' });
    expect(items).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });

  test('holds a producer back whose consumer is slow, and ends it when the consumer leaves', async () => {
    for await (const item of notes.count({ text: 'x', numbers: [1_000_000] })) {
      await clock.advance(10);
      if (item === 5) break;
    }
    await clock.advance(10);
    expect(produced).toBeLessThan(20_000);
    expect(cleanedUp).toBe(1);
  });

  test('streams both ways', async () => {
    const messages = ['a', 'b', 'c'].map((text) => ({ text, numbers: [] }));
    const texts: string[] = [];
    for await (const text of notes.mirror(messages)) texts.push(text);
    expect(texts).toEqual(['a', 'b', 'c']);
  });

  test('names what it might have meant', async () => {
    const wrong = notes as unknown as Record<string, () => Promise<unknown>>;
    await expect(wrong['tke']!()).rejects.toMatchObject({ code: 'SKERRY_RPC_UNKNOWN_ENDPOINT' });
  });
});

test('calls within the application use no connection', async () => {
  const world = new World();
  const app = await world.start(NotesModule);
  const notes = app.client<Notes>('notes');
  contexts = [];
  for (let call = 0; call < 1_000; call++) await notes.take(note);
  expect(contexts).toHaveLength(1_000);
  expect(world.connections).toBe(0);
  await world.stop();
});

test('work that only calls its own application lets timers and sockets have their turn', async () => {
  const world = new World();
  const notes = (await world.start(NotesModule)).client<Notes>('notes');
  let turns = 0;
  let running = true;
  const tick = (): void => {
    turns++;
    if (running) world.clock.nextTurn(tick);
  };
  world.clock.nextTurn(tick);
  for (let call = 0; call < 2_000; call++) await notes.take(note);
  running = false;
  expect(turns).toBeGreaterThan(5);
  await world.stop();
});
