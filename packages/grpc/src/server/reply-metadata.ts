import type { Context } from '@skerry/core';

/** What a handler adds to its reply for callers by gRPC; others do not see it. Keys that end in `-bin` have base64. */
export interface ReplyMetadata {
  /** Sent before the first message. What is added later is not sent. */
  readonly headers: Record<string, string>;
  /** Sent with the end. */
  readonly trailers: Record<string, string>;
}

const all = new WeakMap<Context, ReplyMetadata>();

/** That of the call that a handler runs in. Keys that gRPC or Skerry themselves use are left out, as is what no header can carry. */
export function replyMetadata(context: Context): ReplyMetadata {
  let metadata = all.get(context);
  if (!metadata) all.set(context, (metadata = { headers: {}, trailers: {} }));
  return metadata;
}

export function givenMetadata(context: Context | undefined): ReplyMetadata | undefined {
  return context && all.get(context);
}
