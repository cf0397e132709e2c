import type { JsonSchema } from '../schema/json-schema.js';
import type { Contract } from './contract.js';
import type { DocumentOptions } from './document.js';
import { SharedSchemas } from './shared-schemas.js';

/**
 * All classes of an application's messages - requests, replies, messages of topics, and what these contain - as one JSON Schema
 * (2020-12), each under `$defs` by its name. By itself it accepts anything: refer to `#/$defs/OrderPlaced`. Messages that are bare
 * values are no classes, and not in it.
 */
export function jsonSchemaBundle(
  contract: Contract,
  options: Pick<DocumentOptions, 'title' | 'description'> = {},
): JsonSchema {
  const shared = new SharedSchemas('#/$defs/');
  for (const schema of messagesOf(contract)) shared.add(schema);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: options.title ?? contract.application,
    ...(options.description ? { description: options.description } : {}),
    $defs: shared.schemas,
  };
}

/** The schemas of all messages, in the order of the contract. */
function messagesOf({ services }: Contract): JsonSchema[] {
  return services
    .flatMap(({ handlers, subscriptions, publishes }) => [
      ...handlers.flatMap(({ request, reply }) => [request, reply]),
      ...subscriptions.map(({ from }) => from.message),
      ...publishes.map(({ message }) => message),
    ])
    .filter((schema) => schema !== undefined);
}
