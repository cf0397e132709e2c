import { eventually, freePort, openHandles, type OpenHandles } from '@skerry-private/test-kit';
import { ManualClock, SkerryError } from '@skerry/core';
import { WebSocket } from 'ws';
import { Relay } from '../fixtures/relay.js';
import { serveWorkshop, Workshop, type Number, type Serving } from '../fixtures/workshop.js';
import { CallError } from './call-error.js';
import { connect, type PageConnections } from './connect.js';
import type { PageClient } from './page-client.js';

describe('a page', () => {
  let serving: Serving;
  let page: PageConnections;
  let workshop: PageClient<Workshop>;
  let states: string[];
  let handles: OpenHandles;

  const visit = (url = serving.url): void => {
    states = [];
    page = connect(url, { webSocket: WebSocket, onState: (state) => states.push(state) });
    workshop = page.service<Workshop>('workshop');
  };

  beforeEach(async () => {
    [Workshop.noted, Workshop.left, Workshop.tries] = [[], 0, 0];
    serving = await serveWorkshop();
    visit();
  });

  afterEach(async () => {
    page.close();
    await serving.application.stop();
  });

  beforeAll(() => void (handles = openHandles()));
  afterAll(() => handles.nothingMore());

  test('awaits one reply', async () => {
    await expect(workshop.hello({ name: 'Ada' })).resolves.toEqual({ message: 'Hello Ada' });
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => workshop.hello({ name: `${i}` })));
    expect(all.map(({ message }) => message)).toEqual(Array.from({ length: 100 }, (_, i) => `Hello ${i}`));
    expect(states).toEqual(['connecting', 'open']);
  });

  test('sends metadata and the key of the work, and is answered nothing', async () => {
    const options = { metadata: { colour: 'blue' }, idempotencyKey: 'k-1' };
    await expect(workshop.note({ name: 'Zoë' }, options)).resolves.toBeNull();
    expect(Workshop.noted).toEqual(['Zoë,blue,k-1']);
  });

  test('iterates many, sends many, and both at once', async () => {
    const values: number[] = [];
    for await (const { value } of workshop.countdown({ value: 5 })) values.push(value);
    expect(values).toEqual([5, 4, 3, 2, 1]);
    await expect(workshop.sum([{ value: 1 }, { value: 2 }, { value: 3 }])).resolves.toEqual({ value: 6 });
    const doubled: number[] = [];
    async function* one(): AsyncGenerator<Number> {
      for (let value = 1; value <= 3; value++) {
        // The next only when the one before was answered.
        await eventually(() => expect(doubled).toHaveLength(value - 1));
        yield { value };
      }
    }
    for await (const { value } of workshop.double(one())) doubled.push(value);
    expect(doubled).toEqual([2, 4, 6]);
  });

  test('moves more than a window either way', async () => {
    const padding = 'x'.repeat(10_000);
    async function* many(): AsyncGenerator<Number> {
      for (let value = 1; value <= 300; value++) yield { value, padding };
    }
    await expect(workshop.sum(many())).resolves.toEqual({ value: 45_150 });
    let taken = 0;
    for await (const { value } of workshop.flood({ value: 10_000 })) {
      expect(value).toBe(taken++);
      if (taken === 300) break;
    }
    await eventually(() => expect(Workshop.left).toBe(1));
  });

  test('holds a stream back that it does not read', async () => {
    const stream = workshop.flood({ value: 50_000 })[Symbol.asyncIterator]();
    await stream.next();
    let busy = 0;
    // Other calls go on meanwhile, and the stream sends no more than its window.
    while (busy++ < 50) await workshop.hello({ name: 'Ada' });
    const items = (stream as unknown as { items: unknown[] }).items;
    expect(items.length).toBeGreaterThan(0);
    expect(items.length).toBeLessThanOrEqual(6);
    await stream.return!();
    await eventually(() => expect(Workshop.left).toBe(1));
  });

  test('catches errors whole', async () => {
    const error: CallError = (await workshop.sell().then(undefined, (thrown: CallError) => thrown)) as CallError;
    expect(error).toBeInstanceOf(CallError);
    expect(SkerryError.is(error)).toBe(true);
    expect(error).toMatchObject({ code: 'OUT_OF_STOCK', status: 'FAILED_PRECONDITION', details: { sku: 'x-1' } });
    expect(error).toMatchObject({ retryable: false, message: 'x-1 is out of stock', origin: { service: 'workshop' } });
    expect(error.traceId).toMatch(/^[0-9a-f]{32}$/);
    const wrong = (await workshop.hello({ name: '' }).catch((thrown: unknown) => thrown)) as CallError;
    expect(wrong.code).toBe('SKERRY_VALIDATION_FAILED');
    expect(wrong.fields).toMatchObject([{ path: 'name' }]);
    const unknown = page.service<{ nothing(): Promise<void> }>('workshop').nothing();
    await expect(unknown).rejects.toMatchObject({ code: 'SKERRY_RPC_UNKNOWN_ENDPOINT' });
  });

  test('is told when it awaits a stream, or iterates what answers once', async () => {
    await expect(workshop.countdown({ value: 3 })).rejects.toMatchObject({ code: 'SKERRY_RPC_WRONG_KIND' });
    const iterated = async (): Promise<void> => {
      for await (const _ of workshop.hello({ name: 'Ada' }) as unknown as AsyncIterable<unknown>);
    };
    await expect(iterated()).rejects.toMatchObject({ code: 'SKERRY_RPC_WRONG_KIND' });
  });

  test('gives up by a signal, a deadline and by leaving its loop; the handler is told', async () => {
    const abort = new AbortController();
    const waiting = workshop.wait({ name: 'Ada' }, { signal: abort.signal });
    const given = expect(waiting).rejects.toMatchObject({ code: 'SKERRY_RPC_CANCELLED', cause: 'enough' });
    await eventually(() => expect(serving.events.some(({ type }) => type === 'listening')).toBe(true));
    await workshop.hello({ name: 'Ada' });
    abort.abort('enough');
    await given;
    await eventually(() => expect(Workshop.left).toBe(1));
    await expect(workshop.wait({ name: 'Ada' }, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'SKERRY_RPC_DEADLINE_EXCEEDED',
    });
    await eventually(() => expect(Workshop.left).toBe(2));
    const already = workshop.hello({ name: 'Ada' }, { signal: AbortSignal.abort('before') });
    await expect(already).rejects.toMatchObject({ code: 'SKERRY_RPC_CANCELLED', cause: 'before' });
    for await (const _ of workshop.slow({ value: 1 })) break;
    await expect(workshop.hello({ name: 'Ada' })).resolves.toBeDefined();
  });

  test('tells whoever gives the messages that nobody wants more, and tells of what they threw', async () => {
    async function* broken(): AsyncGenerator<Number> {
      yield { value: 1 };
      throw new Error('no more paper');
    }
    await expect(workshop.sum(broken())).rejects.toMatchObject({
      code: 'SKERRY_RPC_CANCELLED',
      cause: { message: 'no more paper' },
    });
    let ended = false;
    async function* endless(): AsyncGenerator<Number> {
      try {
        for (let value = 0; ; value++) yield { value };
      } finally {
        ended = true;
      }
    }
    for await (const _ of workshop.double(endless())) break;
    await eventually(() => expect(ended).toBe(true));
  });

  test('sends again what may be sent again, and only when it is told so', async () => {
    await expect(workshop.flaky()).rejects.toMatchObject({ code: 'BUSY', retryable: true });
    expect(Workshop.tries).toBe(1);
    Workshop.tries = 0;
    await expect(workshop.flaky(undefined, { idempotent: true })).resolves.toEqual({ message: 'after 3' });
    Workshop.tries = 0;
    await expect(workshop.flaky(undefined, { idempotent: true, retries: 1 })).rejects.toMatchObject({ code: 'BUSY' });
  });

  test('connects anew after the server was gone, and does not repeat what may have run', async () => {
    const relay = await Relay.to(serving.port);
    visit(relay.url);
    await workshop.hello({ name: 'Ada' });
    Workshop.release = undefined;
    const lost = expect(workshop.wait({ name: 'Ada' })).rejects.toMatchObject({
      code: 'SKERRY_RPC_CONNECTION_LOST',
      retryable: false,
    });
    await eventually(() => expect(Workshop.release).toBeDefined());
    await relay.cut();
    await lost;
    const meanwhile = workshop.hello({ name: 'Ada' });
    await eventually(() => expect(states.filter((state) => state === 'closed').length).toBeGreaterThan(1));
    await relay.mend();
    await expect(meanwhile).resolves.toEqual({ message: 'Hello Ada' });
    expect(states.slice(0, 4)).toEqual(['connecting', 'open', 'closed', 'connecting']);
    expect(states.at(-1)).toBe('open');
    page.close();
    await relay.cut();
  });

  test('repeats what is idempotent, and was lost', async () => {
    const relay = await Relay.to(serving.port);
    visit(relay.url);
    Workshop.release = undefined;
    const waiting = workshop.wait({ name: 'Ada' }, { idempotent: true });
    await eventually(() => expect(Workshop.release).toBeDefined());
    Workshop.release = undefined;
    await relay.cut();
    await relay.mend();
    await eventually(() => expect(Workshop.release).toBeDefined());
    Workshop.release!();
    await expect(waiting).resolves.toEqual({ message: 'at last' });
    page.close();
    await relay.cut();
  });

  test('finishes what runs on a server that drains', async () => {
    Workshop.release = undefined;
    const running = workshop.wait({ name: 'Ada' });
    await eventually(() => expect(Workshop.release).toBeDefined());
    const stopping = serving.application.stop();
    await eventually(() =>
      expect(states.length + serving.events.filter(({ type }) => type === 'stopping').length).toBe(3),
    );
    Workshop.release!();
    await expect(running).resolves.toEqual({ message: 'at last' });
    await stopping;
  });

  test('waits for a server until its deadline, and says what it tried', async () => {
    visit(`ws://127.0.0.1:${await freePort()}/ws`);
    const failed = workshop.hello({ name: 'Ada' }, { timeoutMs: 300 });
    await expect(failed).rejects.toMatchObject({ code: 'SKERRY_RPC_CONNECT_FAILED', retryable: true });
    expect(states.filter((state) => state === 'connecting').length).toBeGreaterThanOrEqual(2);
  });

  test('gives a server up that falls silent, by a clock of its own', async () => {
    const clock = new ManualClock();
    page.close();
    page = connect(serving.url, { webSocket: Deaf, clock });
    const calling = page.service<Workshop>('workshop').wait({ name: 'Ada' }, { timeoutMs: 60_000 });
    let failure: unknown;
    calling.catch((error: unknown) => (failure = error));
    await eventually(() => expect(Deaf.last?.greeted).toBe(true));
    Deaf.last!.deaf = true;
    for (let ticks = 0; ticks < 4; ticks++) await clock.advance(5_000);
    expect(failure).toMatchObject({ code: 'SKERRY_RPC_CONNECTION_LOST' });
  });

  test('is closed by the page, for good', async () => {
    const calling = expect(workshop.wait({ name: 'Ada' })).rejects.toMatchObject({
      code: 'SKERRY_RPC_CONNECTION_LOST',
    });
    await workshop.hello({ name: 'Ada' });
    page.close();
    page.close();
    await calling;
    await expect(workshop.hello({ name: 'Ada' })).rejects.toMatchObject({ code: 'SKERRY_RPC_CANCELLED' });
  });
});

/** Hears nothing any more once it is told so. */
class Deaf extends WebSocket {
  static last: Deaf | undefined;
  deaf = false;
  greeted = false;

  constructor(url: string, protocols: string[]) {
    super(url, protocols);
    Deaf.last = this;
    this.on('message', () => (this.greeted = true));
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    return this.deaf && event === 'message' ? false : super.emit(event, ...args);
  }
}
