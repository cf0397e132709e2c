/** An error of the network or of the client, as something that can be read. None of them has the URL in it. */
export function rabbitMqError(caught: unknown): Error {
  const { message, code, errors } = caught as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  // Where a name has several addresses, the error of all has no message, and what was tried has.
  if (message) return caught as Error;
  const said = errors?.[0]?.message || code || String(caught);
  return Object.assign(new Error(said, { cause: caught }), code ? { code } : {});
}
