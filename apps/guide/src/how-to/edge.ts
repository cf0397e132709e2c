import { createServer, type Server, type ServerResponse } from 'node:http';
import { Module, Skerry, SkerryError, type Application, type ApplicationOptions } from '@skerry/core';
import type { Catalogue } from './catalogue.js';

// #region edge
/** Serves nothing itself: it is there to call. */
@Module()
class EdgeModule {}

/** Any server of HTTP will do: Express, Fastify, NestJS. */
export async function openEdge(options: ApplicationOptions = {}): Promise<{ server: Server; skerry: Application }> {
  const skerry = await Skerry.create(EdgeModule, options);
  await skerry.start();
  const catalogue = skerry.client<Catalogue>('catalogue');
  const page = async (sku: string, response: ServerResponse): Promise<void> => {
    try {
      const article = await catalogue.find(sku);
      response.end(`<h1>${article.sku}</h1><p>${article.cents / 100}</p>`);
    } catch (error) {
      response.statusCode = SkerryError.is(error) && error.status === 'NOT_FOUND' ? 404 : 503;
      response.end();
    }
  };
  const server = createServer((request, response) => void page(request.url!.slice(1), response));
  return { server, skerry };
}
// #endregion edge
