import { eventually } from '@skerry-private/test-kit';
import { ManualClock } from '../clock/manual-clock.js';
import { RpcConnection } from '../rpc/connection.js';
import type { StreamEvents } from '../rpc/stream.js';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.js';
import { serving } from './fixtures/all-kinds.js';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

test('a call whose deadline is over when it comes is not started', async () => {
  const clock = new ManualClock();
  const driver = new MemoryTransport(new MemoryNetwork(), clock);
  const { server, service } = serving(clock, driver);
  const link = await driver.connect(await server.listen('memory://'), new AbortController().signal);
  const connection = new RpcConnection(link, { role: 'client', clock, hello: { codec: 'json' } });
  await connection.ready();

  const told: unknown[] = [];
  const events = {
    error: (wire: unknown, started: boolean) => told.push({ wire, started }),
  } as unknown as StreamEvents;
  connection.open('kinds.big', { timeoutMs: 0 }, json(10), true, events);
  await eventually(() => expect(told).toHaveLength(1));
  expect(told[0]).toMatchObject({
    wire: { code: 'SKERRY_RPC_DEADLINE_EXCEEDED', message: expect.stringMatching(/did not start kinds\.big/) },
    started: false,
  });
  expect(service.bigCalls).toBe(0);
  expect(server.inFlight).toBe(0);

  connection.close();
  const closing = server.close();
  await clock.advance(10_000);
  await closing;
});
