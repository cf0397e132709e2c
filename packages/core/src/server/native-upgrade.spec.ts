import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '../clock/manual-clock.js';
import { Probe } from '../transport/conformance-probe.js';
import type { Link } from '../transport/driver.js';
import { HttpTransport } from '../transport/http.js';
import { NativeUpgrade } from './native-upgrade.js';
import type { ProtocolHost } from './protocol.js';

test('calls pass through the HTTP of a port, and what they still have to send is waited for', async () => {
  const clock = new ManualClock();
  const upgrade = new NativeUpgrade();
  let far!: Probe;
  const host = { clock, serve: (link: Link) => void (far = new Probe(link)) } as unknown as ProtocolHost;
  const http = createServer({}, (_request, response) => response.end('a page'));
  http.on('upgrade', (request, socket, head) => upgrade.accept(request, socket, head, host));
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  expect(upgrade.protocol).toBe('skerry');
  const transport = new HttpTransport('http', clock, undefined);
  const near = new Probe(await transport.connect(address, new AbortController().signal));
  near.sendText('a call');
  await far.untilFrames(1);
  let closed = false;
  const closing = upgrade.close().then(() => (closed = true));
  far.sendText('its reply');
  await near.untilFrames(1);
  expect(closed).toBe(false);
  far.link.close();
  expect(await near.ended()).toBeUndefined();
  await closing;
  await upgrade.close();
  expect(clock.pendingTimers).toBe(0);
  http.close();
});
