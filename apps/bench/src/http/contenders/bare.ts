import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Contender } from '../../pairs/contender.js';
import { connectHttp } from '../../peers/http-client.js';

/** No more than it takes: reads a body, parses it, and sends it back. */
export const contender: Contender = {
  async serve() {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => void chunks.push(chunk))
        .on('end', () => {
          const order = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
          const body = JSON.stringify(order);
          response
            .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
            .end(body);
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  connect: async (where) => connectHttp(where, '/echo/echo'),
};
