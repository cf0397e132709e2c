import { statuses } from '../errors/status.js';
import type { JsonSchema } from '../schema/json-schema.js';

export interface Reference {
  readonly $ref: string;
}

/** What every call may say in its headers. */
export const commonParameters = {
  timeout: {
    name: 'x-timeout-ms',
    in: 'header',
    required: false,
    description: 'How long the caller waits, in ms: the deadline of the call and of everything that it causes.',
    schema: { type: 'integer', minimum: 1, maximum: 9_999_999_999 },
  },
  traceparent: {
    name: 'traceparent',
    in: 'header',
    required: false,
    description: 'W3C Trace Context, https://www.w3.org/TR/trace-context/.',
    schema: { type: 'string' },
  },
  idempotencyKey: {
    name: 'idempotency-key',
    in: 'header',
    required: false,
    description: "The caller's name for this piece of work: the same for every time that it is sent.",
    schema: { type: 'string', minLength: 1 },
  },
} as const;

const fieldSchema: JsonSchema = {
  type: 'object',
  properties: {
    path: {
      type: 'string',
      description: 'From the root of the message: address.lines[2]; empty for the message itself.',
    },
    messages: {
      type: 'array',
      items: { type: 'string' },
      description: 'One sentence for each rule that the value breaks.',
    },
  },
  required: ['path', 'messages'],
};

const problem: JsonSchema = {
  title: 'Problem',
  type: 'object',
  description: 'What went wrong, as RFC 9457 describes it.',
  properties: {
    type: { type: 'string', format: 'uri', description: 'Names the kind of problem: urn:skerry:error:<code>.' },
    title: { type: 'string', description: 'What happened, the same for every problem with this code.' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'That of the response.' },
    detail: { type: 'string', description: 'What happened this time, for people.' },
    code: {
      type: 'string',
      description: 'Which problem it is, for programs: SKERRY_RPC_OVERLOADED, or one of the service.',
    },
    statusName: { type: 'string', enum: statuses, description: 'The status that all protocols share.' },
    retryable: { type: 'boolean', description: 'Whether the same call may succeed when it is sent again.' },
    details: { type: 'object', description: 'What else the service tells of it.' },
    origin: {
      type: 'object',
      properties: { service: { type: 'string' }, node: { type: 'string' } },
      required: ['service', 'node'],
      description: 'Where it began.',
    },
    traceId: { type: 'string', pattern: '^[0-9a-f]{32}$', description: 'Under which the log of that node knows it.' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'statusName', 'retryable'],
};

/** What errors look like. */
export const problemSchemas: Readonly<Record<string, JsonSchema>> = {
  Problem: problem,
  InvalidRequest: {
    title: 'InvalidRequest',
    description: 'A problem that lists what is wrong with the request.',
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      {
        type: 'object',
        properties: {
          fields: {
            type: 'array',
            items: fieldSchema,
            description: 'With SKERRY_VALIDATION_FAILED: every wrong field.',
          },
        },
      },
    ],
  },
};

/** What every response may say in its headers. */
export const commonHeaders = {
  requestId: { description: 'The trace id of the call.', schema: { type: 'string', pattern: '^[0-9a-f]{32}$' } },
  retryAfter: {
    description: 'When to try again, in seconds; with 429 and 503.',
    schema: { type: 'integer', minimum: 0 },
  },
} as const;

/** Of a response that is a handler's. */
export const replyHeaders = { 'x-request-id': { $ref: '#/components/headers/requestId' } };

function response(schema: string, description: string): object {
  const headers = { ...replyHeaders, 'retry-after': { $ref: '#/components/headers/retryAfter' } };
  const content = { 'application/problem+json': { schema: { $ref: `#/components/schemas/${schema}` } } };
  return { description, headers, content };
}

export const commonResponses = {
  Problem: response('Problem', 'Anything else that went wrong.'),
  InvalidRequest: response('InvalidRequest', 'The request breaks the rules of its class, or cannot be read.'),
} as const;
