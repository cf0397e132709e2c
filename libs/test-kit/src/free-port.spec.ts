import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort, freePorts } from './free-port.js';

test('a free port can be listened on', async () => {
  const port = await freePort();
  const server = createServer();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  expect(server.address()).toMatchObject({ port });
  await new Promise((closed) => server.close(closed));
});

test('ports asked for together differ', async () => {
  const ports = await freePorts(50);
  expect(new Set(ports).size).toBe(50);
});
