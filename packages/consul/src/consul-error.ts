import { SkerryError } from '@skerry/core';

const longestShown = 200;

/** An answer of Consul's that is no success. Has nothing of the request, whose headers hold the token. */
export class ConsulError extends Error {
  override readonly name = 'ConsulError';

  constructor(
    message: string,
    /** Of HTTP. */
    readonly status: number,
    /** As it was decoded, for the few questions that are answered by a status. */
    readonly body: unknown,
  ) {
    super(message);
  }
}

/** What the client threw, as something that can be logged, and that says what Consul said. */
export function consulError(what: string, caught: unknown): Error {
  const response = (caught as { readonly response?: { readonly statusCode?: unknown; readonly body?: unknown } })
    .response;
  const status = Number(response?.statusCode);
  // A success that could not be read is told in the client's own words.
  if (!response || (status >= 200 && status < 300)) return withoutRequest(caught);
  const text = bodyText(response.body);
  const said = `Consul answered ${status}${text ? `: ${text}` : ''}`;
  if (status !== 401 && status !== 403) return new ConsulError(said, status, response.body);
  return new SkerryError(
    'SKERRY_REGISTRY_FORBIDDEN',
    `cannot ${what}: ${said}; give the application a token that may do this (token, or CONSUL_HTTP_TOKEN)`,
    { details: { engine: 'consul', status } },
  );
}

/** Errors of the network and of reading: their own words and code. */
function withoutRequest(caught: unknown): Error {
  const { message, code, errors } = caught as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  // Where a name has several addresses, the error of all has no message, and what was tried has.
  const said = message || errors?.[0]?.message || code || String(caught);
  return Object.assign(new Error(said), code ? { code } : {});
}

function bodyText(body: unknown): string {
  const text = typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString() : '';
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longestShown ? `${line.slice(0, longestShown)}...` : line;
}
