import type { EndpointRecord } from '../registry/node-record.js';
import type { JsonSchema } from '../schema/json-schema.js';
import { takesMany, sendsMany } from '../service/definition.js';
import type { Contract, ServiceContract } from './contract.js';
import { documentVersion, serviceTags, type DocumentOptions } from './document.js';
import {
  commonHeaders,
  commonParameters,
  commonResponses,
  problemSchemas,
  replyHeaders,
  type Reference,
} from './openapi-common.js';
import { queryOf } from './openapi-query.js';
import { SharedSchemas } from './shared-schemas.js';

/** An OpenAPI document, ready for JSON or YAML. */
export type OpenApiDocument = { readonly openapi: '3.1.0' } & Readonly<Record<string, unknown>>;

/**
 * An application's handlers as [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0.html), as they are called by HTTP with JSON:
 * `POST /<service>/<handler>` with the request as its body, and `GET` with query parameters for a handler that is `readOnly` and
 * whose required fields are values or lists of them. Many messages, to a handler or from it, are lines of JSON. Errors are problems as
 * RFC 9457 describes them.
 *
 * Handlers that stream both ways are not offered by plain HTTP: `x-skerry-omitted` names them. Servers are left out: where an
 * application listens is decided where it runs.
 */
export function openApi(contract: Contract, options: DocumentOptions = {}): OpenApiDocument {
  const schemas = new SharedSchemas('#/components/schemas/', Object.keys(problemSchemas));
  const called = contract.services.filter(({ handlers }) => handlers.length > 0);
  const all = called.flatMap((service) => service.handlers.map((handler) => ({ service, handler })));
  const omitted = all.filter(({ handler }) => handler.kind === 'bidirectional');
  const paths = all
    .filter(({ handler }) => handler.kind !== 'bidirectional')
    .map(({ service, handler }) => [
      `/${service.name}/${encodeURIComponent(handler.name)}`,
      pathItem(service, handler, schemas),
    ]);
  return {
    openapi: '3.1.0',
    info: {
      title: options.title ?? contract.application,
      version: options.version ?? documentVersion(contract),
      ...(options.description ? { description: options.description } : {}),
    },
    tags: serviceTags(called),
    paths: Object.fromEntries(paths) as object,
    components: {
      schemas: { ...schemas.schemas, ...problemSchemas },
      parameters: commonParameters,
      responses: commonResponses,
      headers: commonHeaders,
    },
    ...(omitted.length > 0
      ? {
          'x-skerry-omitted': Object.fromEntries(
            omitted.map(({ service, handler }) => [`${service.name}.${handler.name}`, handler.kind]),
          ),
        }
      : {}),
  };
}

function pathItem(service: ServiceContract, handler: EndpointRecord, schemas: SharedSchemas): object {
  const { request, readOnly } = handler;
  const query = readOnly && !takesMany(handler.kind) ? queryOf(request) : undefined;
  const body = request && { requestBody: { required: true, content: requestContent(handler, schemas.add(request)) } };
  const common = commonOperation(service, handler, schemas);
  const id = `${service.name}.${handler.name}`;
  return {
    ...(query
      ? {
          get: {
            operationId: `${id}.get`,
            ...common,
            ...describe(handler.description, query.note),
            parameters: [...query.parameters, ...parametersOf(handler)],
          },
        }
      : {}),
    post: {
      operationId: id,
      ...common,
      ...describe(handler.description),
      parameters: parametersOf(handler),
      ...body,
    },
  };
}

function commonOperation(service: ServiceContract, handler: EndpointRecord, schemas: SharedSchemas): object {
  const { kind, idempotent, readOnly, request } = handler;
  return {
    summary: `${service.name}.${handler.name}`,
    tags: [service.name],
    responses: {
      200: success(handler, schemas),
      ...(request ? { 400: { $ref: '#/components/responses/InvalidRequest' } } : {}),
      default: { $ref: '#/components/responses/Problem' },
    },
    'x-skerry-kind': kind,
    'x-skerry-idempotent': idempotent,
    'x-skerry-read-only': readOnly,
  };
}

function requestContent({ kind }: EndpointRecord, schema: JsonSchema): object {
  // A sequence, each as the schema says; see below.
  return takesMany(kind)
    ? { 'application/x-ndjson': { schema, 'x-skerry-sequence': true } }
    : { 'application/json': { schema } };
}

function success({ kind, reply }: EndpointRecord, schemas: SharedSchemas): object {
  const schema: JsonSchema = reply ? schemas.add(reply) : {};
  const headers = replyHeaders;
  if (!sendsMany(kind)) return { description: 'The reply.', headers, content: { 'application/json': { schema } } };
  // OpenAPI 3.1 has no word for a sequence: the schema is that of one item.
  const items = { schema, 'x-skerry-sequence': true };
  return {
    description:
      'The replies as they come, each as the schema says: one line of JSON for each, or one server-sent event, whichever the request accepts. What fails after the first one ends with a line {"error": problem}, or an event called error.',
    headers,
    content: { 'application/x-ndjson': items, 'text/event-stream': items },
  };
}

function parametersOf({ idempotent }: EndpointRecord): Reference[] {
  const names = ['timeout', 'traceparent', ...(idempotent ? ['idempotencyKey'] : [])];
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

function describe(...texts: readonly (string | undefined)[]): { readonly description?: string } {
  const description = texts.filter(Boolean).join('\n\n');
  return description ? { description } : {};
}
