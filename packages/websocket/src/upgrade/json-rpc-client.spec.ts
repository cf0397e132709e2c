import { once } from 'node:events';
import { eventually, openHandles, type OpenHandles } from '@skerry-private/test-kit';
import { createJSONRPCRequest, JSONRPCClient, JSONRPCErrorException } from 'json-rpc-2.0';
import { WebSocket } from 'ws';
import { serveWorkshop, Workshop, type Serving } from '../fixtures/workshop.js';

let handles: OpenHandles;
let serving: Serving;
let socket: WebSocket;
let client: JSONRPCClient;
beforeAll(async () => {
  handles = openHandles();
  Workshop.noted = [];
  serving = await serveWorkshop();
  socket = new WebSocket(serving.url, ['jsonrpc']);
  client = new JSONRPCClient((payload) => socket.send(JSON.stringify(payload)));
  socket.on('message', (data: Buffer) => client.receive(JSON.parse(data.toString())));
  await once(socket, 'open');
});
afterAll(async () => {
  socket.close();
  await serving.application.stop();
  await handles.nothingMore();
});

describe('by WebSocket, a client of JSON-RPC that is not our own', () => {
  test('calls many at once, and is answered each', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `caller ${at}`);
    await expect(Promise.all(names.map((name) => client.request('workshop.hello', { name })))).resolves.toEqual(
      names.map((name) => ({ message: `Hello ${name}` })),
    );
  });

  test('is told failures, of the protocol and of handlers', async () => {
    const codes = async (method: string, params: object = {}): Promise<unknown> => {
      const error: unknown = await client.request(method, params).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(JSONRPCErrorException);
      const { code, data } = error as JSONRPCErrorException;
      return [code, (data as { code?: string } | undefined)?.code];
    };
    expect(await codes('workshop.nothing')).toEqual([-32_601, expect.any(String)]);
    expect(await codes('workshop.hello', { name: '' })).toEqual([-32_602, 'SKERRY_VALIDATION_FAILED']);
    expect(await codes('workshop.sell')).toEqual([expect.any(Number), 'OUT_OF_STOCK']);
  });

  test('sends a batch, and is answered in one', async () => {
    const frames: unknown[] = [];
    const listen = (data: Buffer): void => void frames.push(JSON.parse(data.toString()));
    socket.on('message', listen);
    const requests = ['Ada', '', 'Bob'].map((name, id) =>
      createJSONRPCRequest(`batch ${id}`, 'workshop.hello', { name }),
    );
    const answers = await client.requestAdvanced(requests);
    expect(answers.sort((one, other) => String(one.id).localeCompare(String(other.id)))).toEqual([
      expect.objectContaining({ id: 'batch 0', result: { message: 'Hello Ada' } }),
      expect.objectContaining({ id: 'batch 1', error: expect.objectContaining({ code: -32_602 }) }),
      expect.objectContaining({ id: 'batch 2', result: { message: 'Hello Bob' } }),
    ]);
    expect(frames).toEqual([expect.any(Array)]);
    socket.off('message', listen);
  });

  test('notifies', async () => {
    client.notify('workshop.note', { name: 'Bob' });
    await eventually(() => expect(Workshop.noted).toEqual(['Bob,,']));
  });
});
