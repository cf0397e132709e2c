import { fastify } from 'fastify';
import type { Contender } from '../../pairs/contender.js';
import { connectHttp } from '../../peers/http-client.js';

/** Without a schema: it checks nothing. */
export const contender: Contender = {
  async serve() {
    const server = fastify();
    server.post('/echo/echo', async ({ body }) => body);
    return server.listen({ host: '127.0.0.1', port: 0 });
  },
  connect: async (where) => connectHttp(where, '/echo/echo'),
};
