import { fastify } from 'fastify';
import type { Contender } from '../../pairs/contender.js';
import { connectHttp } from '../../peers/http-client.js';

const order = {
  type: 'object',
  required: ['id', 'customer', 'sku', 'quantity', 'price'],
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 40 },
    customer: { type: 'string', minLength: 1, maxLength: 80 },
    sku: { type: 'string' },
    quantity: { type: 'integer', minimum: 1 },
    price: { type: 'number' },
  },
};

/** It checks the order by ajv, as an application of it would, and writes it by its schema. */
export const contender: Contender = {
  async serve() {
    const server = fastify();
    const schema = { body: order, response: { 200: order } };
    server.post('/echo/echo', { schema }, async ({ body }) => body);
    return server.listen({ host: '127.0.0.1', port: 0 });
  },
  connect: async (where) => connectHttp(where, '/echo/echo'),
};
