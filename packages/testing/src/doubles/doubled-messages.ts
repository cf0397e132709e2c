import { JsonCodec, messageCodec, type HandlerDefinition, type JsonSchema } from '@skerry/core';

const codec = new JsonCodec();

/** The request as its handler would get it. */
export async function received(
  definition: HandlerDefinition | undefined,
  request: unknown,
  what: string,
): Promise<unknown> {
  const many = definition
    ? definition.kind === 'client-stream' || definition.kind === 'bidirectional'
    : isAsyncIterable(request);
  const schema = definition?.request;
  const check = async (each: unknown): Promise<unknown> => {
    const copy = copied(each, schema?.jsonSchema);
    return schema ? await schema.parse(copy, what) : copy;
  };
  if (!many) return definition && !schema ? undefined : check(request);
  return (async function* () {
    for await (const each of request as AsyncIterable<unknown>) yield await check(each);
  })();
}

/** What arrives of a message at the other side: a copy, that went through JSON. */
export function copied(value: unknown, schema: JsonSchema | undefined): unknown {
  if (value === undefined) return undefined;
  const messages = messageCodec(codec, schema);
  return messages.decode(messages.encode(value));
}

export function sendsMany({ kind }: HandlerDefinition): boolean {
  return kind === 'server-stream' || kind === 'bidirectional';
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
