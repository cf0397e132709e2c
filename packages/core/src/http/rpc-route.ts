import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Envelopes } from '../codec/envelopes.js';
import { takeEnvelope } from '../json-rpc/envelope-call.js';
import { JsonRpcSession } from '../json-rpc/json-rpc-session.js';
import { MethodNames } from '../json-rpc/method-names.js';
import { callHead } from './call-head.js';
import { continueReading } from './http-calls.js';
import type { HttpConnection } from './http-connection.js';
import type { ResolvedHttpOptions } from './http-options.js';
import { bodyTooLarge, draining, httpRefusal, malformed } from './http-refusal.js';
import { essence } from './media-types.js';
import { readBody } from './read-body.js';
import type { CallGround } from './unary-call.js';

export const rpcPath = '/rpc';

/** What JSON-RPC over HTTP is sent as: by its own name, by JSON's, and as an old draft had it. */
const jsonTypes = new Set(['application/json', 'application/json-rpc', 'application/jsonrequest']);

/** `POST /rpc`: JSON-RPC, and the other forms of envelope that the application knows, by content type. */
export class RpcRoute {
  private readonly session: JsonRpcSession;
  private readonly names: MethodNames;

  constructor(
    private readonly ground: CallGround,
    private readonly options: ResolvedHttpOptions,
    private readonly envelopes: Envelopes | undefined,
  ) {
    this.session = new JsonRpcSession(ground.host, { maxBatch: options.maxBatch });
    this.names = new MethodNames(ground.host);
  }

  close(): void {
    this.session.close();
  }

  handle(connection: HttpConnection, request: IncomingMessage, response: ServerResponse): void {
    const { host, replies, deadlines } = this.ground;
    const { headers } = request;
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST, OPTIONS');
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      const why = `${rpcPath} is called by POST`;
      return replies.fail(request, response, httpRefusal('SKERRY_HTTP_METHOD_NOT_ALLOWED', why));
    }
    if (host.draining) return replies.fail(request, response, draining());
    const head = callHead(headers, host.clock, this.options, false);
    if ('error' in head) return replies.fail(request, response, head.error);
    const type = headers['content-type'];
    const isJson = type === undefined || jsonTypes.has(essence(type));
    const envelope = isJson ? undefined : this.envelopes?.forContentType(type);
    if (!isJson && !envelope) {
      const others = (this.envelopes?.all ?? []).map(({ contentType }) => contentType);
      const known = [...new Set([...jsonTypes, ...others])].join(', ');
      const why = `${rpcPath} cannot read ${essence(type)}; send ${known}`;
      return replies.fail(request, response, httpRefusal('SKERRY_CODEC_UNKNOWN', why), head.traceId);
    }
    const limit = host.maxMessageBytes;
    if (Number(headers['content-length'] ?? 0) > limit) {
      return replies.fail(request, response, bodyTooLarge(limit), head.traceId);
    }
    const answer = (contentType: string, body: Uint8Array | undefined): void => {
      if (response.destroyed) return;
      if (body) replies.send(request, response, contentType, body, head.traceId);
      else response.writeHead(204, { 'x-request-id': head.traceId }).end();
    };
    continueReading(response);
    connection.receiving = 'body';
    readBody(request, limit, (body = nothing, error) => {
      connection.receiving = undefined;
      if (response.destroyed || response.headersSent) return;
      if (error) return replies.fail(request, response, error, head.traceId);
      const leave = envelope
        ? takeEnvelope(
            { host, deadlines, names: this.names },
            envelope,
            body,
            head,
            connection.peer,
            (bytes, wrong) => {
              if (wrong) replies.fail(request, response, malformed(wrong.message), head.traceId);
              else answer(envelope.contentType, bytes);
            },
          )
        : this.session.take(body, head, (text) => answer('application/json', text), connection.peer);
      response.on('close', leave);
    });
  }
}

const nothing = Buffer.alloc(0);
