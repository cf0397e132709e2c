import { eventually } from '@skerry-private/test-kit';
import { createJSONRPCNotification, createJSONRPCRequest, JSONRPCClient, JSONRPCErrorException } from 'json-rpc-2.0';
import { serveShop, type Serving } from './fixtures/shop.js';

interface Sent {
  readonly status: number;
  readonly type: string | null;
}

let serving: Serving;
let client: JSONRPCClient;
let sent: Sent[];
beforeEach(async () => {
  serving = await serveShop();
  sent = [];
  client = new JSONRPCClient(async (payload) => {
    const response = await fetch(`${serving.url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    sent.push({ status: response.status, type: response.headers.get('content-type') });
    const text = await response.text();
    if (text !== '') client.receive(JSON.parse(text));
  });
});
afterEach(() => serving.stop());

describe('by HTTP, a client of JSON-RPC that is not our own', () => {
  test('calls', async () => {
    await expect(client.request('shop.hello', { name: 'Ada' })).resolves.toEqual({ message: 'Hello Ada' });
    await expect(client.request('hello', [{ name: 'Eve' }])).resolves.toEqual({ message: 'Hello Eve' });
    await expect(client.request('shop.ping', undefined)).resolves.toBeNull();
    expect(sent).toEqual(Array(3).fill({ status: 200, type: 'application/json' }));
  });

  test('is told failures, of the protocol and of handlers', async () => {
    const failure = async (method: string, params?: object): Promise<JSONRPCErrorException> => {
      const error: unknown = await client.request(method, params).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(JSONRPCErrorException);
      return error as JSONRPCErrorException;
    };
    expect((await failure('shop.nothing')).code).toBe(-32_601);
    const invalid = await failure('shop.hello', { name: '' });
    expect(invalid.code).toBe(-32_602);
    expect(invalid.data).toMatchObject({ code: 'SKERRY_VALIDATION_FAILED' });
    const own = await failure('shop.fails', { status: 'UNAVAILABLE' });
    expect(own.message).toBe('no more of it');
    expect(own.data).toMatchObject({ code: 'OUT_OF_STOCK', status: 'UNAVAILABLE' });
  });

  test('notifies, and gets nothing back', async () => {
    client.notify('shop.count', { to: 1 });
    client.notify('shop.waits', undefined);
    await eventually(() => expect(serving.shop.waiting).toBe(1));
    await eventually(() => expect(sent).toEqual(Array(2).fill({ status: 204, type: null })));
  });

  test('sends batches, and gets each answer to its request', async () => {
    const answers = await client.requestAdvanced([
      createJSONRPCRequest('a', 'shop.hello', { name: 'Ada' }),
      createJSONRPCNotification('shop.ping') as never,
      createJSONRPCRequest('b', 'shop.nothing'),
      createJSONRPCRequest('c', 'shop.echo', { at: 3 }),
    ]);
    const byId = new Map(answers.map((each) => [each.id, each]));
    expect([...byId.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(byId.get('a')).toMatchObject({ result: { message: 'Hello Ada' } });
    expect(byId.get('b')).toMatchObject({ error: { code: -32_601 } });
    expect(byId.get('c')).toMatchObject({ result: { at: 3 } });
  });
});
