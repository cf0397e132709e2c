const form = /^application\/grpc(?:\+([a-z0-9.-]{1,40}))?(?:;.*)?$/i;

/** The subtype of gRPC's content type: `proto` where it has none; `undefined` for what is not gRPC's. */
export function subtypeOf(contentType: string | undefined): string | undefined {
  if (contentType === 'application/grpc' || contentType === 'application/grpc+proto') return 'proto';
  const found = contentType === undefined ? undefined : form.exec(contentType);
  return found ? (found[1]?.toLowerCase() ?? 'proto') : undefined;
}
