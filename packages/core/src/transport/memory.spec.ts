import { ManualClock } from '../clock/manual-clock.js';
import { MemoryNetwork, MemoryTransport } from './memory.js';

describe('memory transport', () => {
  const ignore = (): void => undefined;

  test('two networks do not see each other', async () => {
    const here = new MemoryTransport(new MemoryNetwork(), new ManualClock());
    const there = new MemoryTransport(new MemoryNetwork(), new ManualClock());
    const listener = await here.listen('memory://echo', ignore);
    await expect(there.connect('memory://echo', new AbortController().signal)).rejects.toMatchObject({
      code: 'SKERRY_RPC_CONNECT_FAILED',
    });
    await listener.close();
  });

  test('closing an old listener leaves its successor alone', async () => {
    const transport = new MemoryTransport(new MemoryNetwork(), new ManualClock());
    const old = await transport.listen('memory://echo', ignore);
    await old.close();
    const successor = await transport.listen('memory://echo', ignore);
    await old.close();
    await expect(transport.listen('memory://echo', ignore)).rejects.toMatchObject({
      code: 'SKERRY_TRANSPORT_LISTEN_FAILED',
    });
    await successor.close();
  });

  test('a frame is copied: what its sender does to it in the same turn does not show', async () => {
    const transport = new MemoryTransport(new MemoryNetwork(), new ManualClock());
    const received = new Promise<Buffer>((frame) => {
      void transport.listen('memory://echo', (link) => link.start({ frame, drained: ignore, closed: ignore }));
    });
    const link = await transport.connect('memory://echo', new AbortController().signal);
    link.start({ frame: ignore, drained: ignore, closed: ignore });
    const frame = Buffer.from('abc');
    link.send(frame);
    frame.fill(0);
    expect((await received).toString()).toBe('abc');
    link.destroy();
  });
});
