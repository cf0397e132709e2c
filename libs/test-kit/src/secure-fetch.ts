import { request, type Agent } from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';

/** As much of `fetch` as tests use. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** `fetch` with the certificates of an agent, which Node's own has no way to be told. */
export function secureFetch(agent: Agent): Fetch {
  return (url, { method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const asking = request(url, {
        ...{ agent, method, headers: headers as Record<string, string> },
        ...(signal ? { signal } : {}),
      });
      asking.on('error', reject).on('response', (response) => {
        const told = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as [string, string]);
        resolve(
          new Response(Readable.toWeb(response) as ReadableStream, { status: response.statusCode!, headers: told }),
        );
      });
      if (body instanceof ReadableStream) Readable.fromWeb(body as WebStream).pipe(asking);
      else asking.end(body);
    });
}
