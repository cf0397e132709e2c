import { SystemClock } from '../clock/system-clock.js';
import { tokenKey } from '../container/token.js';
import { HealthCheck } from '../debug/health-check.js';
import { Module } from '../module/module.js';
import { Registry } from '../registry/registry.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { TcpTransport } from '../transport/tcp.js';
import { TRANSPORT_DRIVERS } from '../transport/transport.js';
import { World } from './fixtures/in-memory.js';

@Service('rows')
class RowService {
  @Handler()
  async read(): Promise<string> {
    return 'read';
  }

  @HealthCheck()
  isWell(): boolean {
    return true;
  }
}

@Module({ providers: [RowService] })
class RowModule {}

test('the registry says where HTTP is spoken, and probes are answered there', async () => {
  const world = new World();
  const transport = { provide: TRANSPORT_DRIVERS, useValue: new TcpTransport(new SystemClock()) };
  const app = await world.start(RowModule, {
    ...{ listen: 'tcp://127.0.0.1:0', http: { health: true } },
    overrides: new Map([[tokenKey(TRANSPORT_DRIVERS), transport]]),
  });
  try {
    const url = app.address!.replace('tcp:', 'http:');
    const [node] = await app.get(Registry).lookup('rows');
    expect(node!.addresses).toEqual({ skerry: app.address, http: url });
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', checks: [expect.objectContaining({ state: 'healthy' })] },
    ]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  } finally {
    await world.stop();
  }
});
