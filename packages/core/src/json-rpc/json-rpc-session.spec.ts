import { calculating, type Calculating } from './fixtures/calculator.js';
import { JsonRpcSession } from './json-rpc-session.js';

/** Every example of section 7 of the specification of JSON-RPC 2.0, as it is there: what is sent, and what comes back. */
const examples: readonly (readonly [what: string, sent: string, back: unknown])[] = [
  [
    'positional params',
    '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    { jsonrpc: '2.0', result: 19, id: 1 },
  ],
  [
    'positional params, the other way round',
    '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    { jsonrpc: '2.0', result: -19, id: 2 },
  ],
  [
    'named params',
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    { jsonrpc: '2.0', result: 19, id: 3 },
  ],
  [
    'named params, in another order',
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    { jsonrpc: '2.0', result: 19, id: 4 },
  ],
  ['a notification', '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', undefined],
  ['a notification of a method that does not exist', '{"jsonrpc": "2.0", "method": "foobar"}', undefined],
  [
    'a method that does not exist',
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    { jsonrpc: '2.0', error: { code: -32601, message: 'Method not found' }, id: '1' },
  ],
  [
    'invalid JSON',
    '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    { jsonrpc: '2.0', error: { code: -32700, message: 'Parse error' }, id: null },
  ],
  [
    'an invalid request',
    '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    { jsonrpc: '2.0', error: { code: -32600, message: 'Invalid Request' }, id: null },
  ],
  [
    'a batch of invalid JSON',
    `[
      {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method"
    ]`,
    { jsonrpc: '2.0', error: { code: -32700, message: 'Parse error' }, id: null },
  ],
  ['an empty array', '[]', { jsonrpc: '2.0', error: { code: -32600, message: 'Invalid Request' }, id: null }],
  [
    'an invalid batch that is not empty',
    '[1]',
    [{ jsonrpc: '2.0', error: { code: -32600, message: 'Invalid Request' }, id: null }],
  ],
  [
    'an invalid batch',
    '[1,2,3]',
    [1, 2, 3].map(() => ({ jsonrpc: '2.0', error: { code: -32600, message: 'Invalid Request' }, id: null })),
  ],
  [
    'a batch',
    `[
      {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
      {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
      {"foo": "boo"},
      {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
      {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
    ]`,
    [
      { jsonrpc: '2.0', result: 7, id: '1' },
      { jsonrpc: '2.0', result: 19, id: '2' },
      { jsonrpc: '2.0', error: { code: -32600, message: 'Invalid Request' }, id: null },
      { jsonrpc: '2.0', error: { code: -32601, message: 'Method not found' }, id: '5' },
      { jsonrpc: '2.0', result: ['hello', 5], id: '9' },
    ],
  ],
  [
    'a batch of notifications',
    `[
      {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
    ]`,
    undefined,
  ],
];

describe('JSON-RPC', () => {
  let calculating_: Calculating;
  let session: JsonRpcSession;

  beforeEach(() => {
    calculating_ = calculating();
    session = new JsonRpcSession(calculating_.host);
  });

  afterEach(() => session.close());

  const head = { timeoutMs: 5_000 };

  async function answered(sent: unknown, to = session): Promise<unknown> {
    const text = typeof sent === 'string' ? sent : JSON.stringify(sent);
    const back = await new Promise<Buffer | undefined>((resolve) => to.take(Buffer.from(text), head, resolve));
    return back === undefined ? undefined : (JSON.parse(back.toString()) as unknown);
  }

  test.each(examples)('answers as the specification does: %s', async (_what, sent, back) => {
    const answer = await answered(sent);
    if (back === undefined) expect(answer).toBeUndefined();
    else expect(answer).toMatchObject(back as object);
    if (Array.isArray(back)) expect(answer).toHaveLength(back.length);
  });

  test('runs what is notified', async () => {
    await answered('{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}');
    await answered('{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}');
    expect(calculating_.calculator.notified).toEqual([{ a: 1, b: 2, c: 3, d: 4, e: 5 }, 7]);
  });

  const call = (method: string, params?: unknown): unknown => answered({ jsonrpc: '2.0', id: 1, method, params });

  test('finds a method by its whole name, as Go writes it, and alone where there is one service', async () => {
    for (const method of ['calculator.subtract', 'Calculator.Subtract', 'subtract']) {
      expect(await call(method, [3, 1])).toMatchObject({ result: 2 });
    }
    expect(await call('calculator.substract', [3, 1])).toMatchObject({
      error: {
        code: -32601,
        data: {
          code: 'SKERRY_RPC_UNKNOWN_ENDPOINT',
          details: { nearest: expect.arrayContaining(['calculator.subtract']) as unknown },
        },
      },
    });
  });

  test('takes positions as fields by number or by declaration, and one object as the message', async () => {
    expect(await call('numbered', [1, 2])).toMatchObject({ result: '1 2' });
    expect(await call('subtract', [{ minuend: 5, subtrahend: 2 }])).toMatchObject({ result: 3 });
    expect(await call('subtract', [1, 2, 3])).toMatchObject({ error: { code: -32602 } });
    expect(await call('get_data', [{}])).toMatchObject({ result: ['hello', 5] });
    expect(await call('get_data', [1])).toMatchObject({ error: { code: -32602 } });
    expect(await call('echo', [1, 2])).toMatchObject({ result: [1, 2] });
    expect(await call('echo', ['a'])).toMatchObject({ result: 'a' });
  });

  test('says what is wrong with params, field by field', async () => {
    expect(await call('subtract', { minuend: 'many' })).toMatchObject({
      error: {
        code: -32602,
        message: 'Invalid params',
        data: {
          ...{ code: 'SKERRY_VALIDATION_FAILED', status: 'INVALID_ARGUMENT', retryable: false },
          fields: [{ path: 'minuend' }, { path: 'subtrahend' }],
        },
      },
    });
    expect(await call('subtract')).toMatchObject({ error: { code: -32602 } });
  });

  test("carries an application's errors, and nothing that was not meant to be seen", async () => {
    expect(await call('fails', ['meant'])).toMatchObject({
      error: {
        code: -32000,
        message: 'no more of it',
        data: {
          code: 'OUT_OF_STOCK',
          status: 'FAILED_PRECONDITION',
          details: { sku: 'A1' },
          origin: { service: 'calculator' },
        },
      },
    });
    const unmeant = await call('fails', ['unmeant']);
    expect(unmeant).toMatchObject({ error: { code: -32603, message: 'Internal error' } });
    expect(JSON.stringify(unmeant)).not.toContain('1234');
  });

  test('refuses streams, and says where they are', async () => {
    expect(await call('counts')).toMatchObject({ error: { data: { code: 'SKERRY_RPC_WRONG_KIND' } } });
  });

  test('answers JSON-RPC 1.0 in its form, as Go and go-micro speak it', async () => {
    const hello = '{"method":"Calculator.Subtract","params":[{"minuend":5,"subtrahend":2}],"id":0}';
    expect(await answered(hello)).toEqual({ id: 0, result: 3, error: null });
    expect(await answered('{"method":"Calculator.Nothing","params":[{}],"id":1}')).toEqual({
      ...{ id: 1, result: null },
      error: expect.stringMatching(/^SKERRY_RPC_UNKNOWN_ENDPOINT: No handler/) as unknown,
    });
    expect(await answered('{"method":"update","params":[1],"id":null}')).toBeUndefined();
    expect(calculating_.calculator.notified).toEqual([{ a: 1 }]);
  });

  test('answers ids as they came, and refuses what is none', async () => {
    for (const id of ['a', 1.5, null, '']) {
      expect(await answered({ jsonrpc: '2.0', method: 'get_data', id })).toMatchObject({ id, result: ['hello', 5] });
    }
    for (const id of [{}, [], true]) {
      expect(await answered({ jsonrpc: '2.0', method: 'get_data', id })).toMatchObject({
        id: null,
        error: { code: -32600 },
      });
    }
    expect(await answered({ jsonrpc: '2.0', method: 'get_data', id: 1, params: null })).toMatchObject({
      error: { code: -32600 },
    });
    expect(await answered({ jsonrpc: '3.0', method: 'get_data', id: 1 })).toMatchObject({ error: { code: -32600 } });
  });

  test('bounds a batch, and what its answers weigh together', async () => {
    const small = new JsonRpcSession(calculating(300).host, { maxBatch: 3 });
    const batch = (size: number): unknown =>
      answered(
        Array.from({ length: size }, (_, id) => ({ jsonrpc: '2.0', method: 'echo', params: ['x'.repeat(100)], id })),
        small,
      );
    expect(await batch(4)).toMatchObject({ id: null, error: { code: -32600 } });
    expect(await batch(3)).toMatchObject([
      { id: 0, result: expect.any(String) as unknown },
      { id: 1, result: expect.any(String) as unknown },
      { id: 2, error: { data: { code: 'SKERRY_TRANSPORT_FRAME_TOO_LARGE' } } },
    ]);
    small.close();
  });

  test('gives up at the deadline, with the connection, and when it is left', async () => {
    const { calculator, clock } = calculating_;
    const waiting = call('waits');
    await clock.advance(5_000);
    expect(await waiting).toMatchObject({ error: { data: { code: 'SKERRY_RPC_DEADLINE_EXCEEDED' } } });
    const never = (): void => {
      throw new Error('answered');
    };
    const one = Buffer.from('{"jsonrpc":"2.0","method":"waits","id":1}');
    session.take(one, head, never)();
    session.take(Buffer.from(`[${one.toString()},${one.toString()}]`), head, never)();
    session.take(one, head, never);
    session.close();
    await clock.settle();
    expect(calculator.ended).toEqual([
      'SKERRY_RPC_DEADLINE_EXCEEDED',
      ...Array<string>(4).fill('SKERRY_RPC_CANCELLED'),
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('begins nothing while the server drains', async () => {
    await calculating_.server.drain(0);
    expect(await call('get_data')).toMatchObject({ error: { data: { code: 'SKERRY_RPC_DRAINING', retryable: true } } });
  });

  test('is not impressed by what is deep, or by names of prototypes', async () => {
    const deep = '['.repeat(500_000);
    const before = performance.now();
    expect(await answered(deep)).toMatchObject({ error: { code: -32700 } });
    expect(performance.now() - before).toBeLessThan(200);
    await answered(
      '{"jsonrpc":"2.0","method":"echo","params":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"id":1}',
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    for (const method of ['__proto__', 'constructor', 'toString', 'calculator.__proto__']) {
      expect(await call(method)).toMatchObject({ error: { code: -32601 } });
    }
  });
});
