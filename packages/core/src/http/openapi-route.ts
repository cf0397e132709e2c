import type { Contract } from '../contract/contract.js';
import { openApi } from '../contract/openapi.js';
import { httpRefusal } from './http-refusal.js';
import { HttpReplies } from './http-replies.js';
import type { HttpRoute } from './http-route.js';

/**
 * `GET /openapi.json`: how the services of the application are called by HTTP.
 *
 * @param contract Asked once, for the first request.
 */
export function openApiRoute(contract: () => Contract): HttpRoute {
  const replies = new HttpReplies(true);
  let document: Buffer | undefined;
  return {
    path: '/openapi.json',
    handle: (request, response, { clock }) => {
      const { method } = request;
      if (method !== 'GET' && method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD, OPTIONS');
        if (method === 'OPTIONS') return void response.writeHead(204).end();
        const why = `/openapi.json is read by GET, not by ${method}`;
        return replies.fail(request, response, httpRefusal('SKERRY_HTTP_METHOD_NOT_ALLOWED', why));
      }
      document ??= Buffer.from(JSON.stringify(openApi(contract())));
      replies.send(request, response, 'application/json', document, clock.randomHex(16));
    },
  };
}
