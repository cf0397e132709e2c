import { fastify } from 'fastify';
import { Pool } from 'undici';
import { message, type Contender } from '../../pairs/contender.js';

/** JSON by POST over connections that are kept. */
export const contender: Contender = {
  async serve() {
    const server = fastify();
    server.post('/echo', async ({ body }) => body);
    return server.listen({ host: '127.0.0.1', port: 0 });
  },
  async connect(where) {
    const pool = new Pool(where, { connections: 64 });
    const headers = { 'content-type': 'application/json' };
    return {
      async call() {
        const { body } = await pool.request({ path: '/echo', method: 'POST', headers, body: JSON.stringify(message) });
        return body.json();
      },
    };
  },
};
