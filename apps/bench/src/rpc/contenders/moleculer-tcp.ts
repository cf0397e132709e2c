import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ServiceBroker, type BrokerOptions } from 'moleculer';
import { message, type Contender } from '../../pairs/contender.js';

/** The client is told where the server is; the server learns of the client by gossip. */
export const contender: Contender = {
  async serve() {
    const port = await freePort();
    const broker = new ServiceBroker(options('server', { port }));
    broker.createService({ name: 'echo', actions: { echo: async ({ params }) => params as unknown } });
    await broker.start();
    return String(port);
  },
  async connect(where) {
    const broker = new ServiceBroker(options('client', { urls: [`127.0.0.1:${where}/server`] }));
    await broker.start();
    await broker.waitForServices('echo', 20_000);
    return { call: () => broker.call('echo.echo', message) };
  },
};

function options(nodeID: string, transport: object): BrokerOptions {
  // It gossips every two seconds by default: a start would take that long.
  const tcp = { udpDiscovery: false, useHostname: false, gossipPeriod: 0.5, ...transport };
  return { nodeID, logger: false, transporter: { type: 'TCP', options: tcp } };
}

/** Moleculer has to be told the port that others shall know. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
