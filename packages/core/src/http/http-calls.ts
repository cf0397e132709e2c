import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Codec } from '../codec/codec.js';
import type { EndpointMessages } from '../codec/endpoint-messages.js';
import { sendsMany, takesMany } from '../service/definition.js';
import type { Endpoint } from '../server/endpoint.js';
import { callHead, type CallHead } from './call-head.js';
import type { HttpConnection } from './http-connection.js';
import type { ResolvedHttpOptions } from './http-options.js';
import { bodyTooLarge, draining, httpRefusal } from './http-refusal.js';
import { hasBody } from './http-replies.js';
import { choose, essence } from './media-types.js';
import { queryMessage } from './query-message.js';
import { readBody } from './read-body.js';
import { UnaryCall, type CallGround } from './unary-call.js';

/** Reads the calls that requests are, and gives them to the server. */
export class HttpCalls {
  private readonly json: Codec;
  private readonly contentTypes: readonly string[];

  constructor(
    private readonly ground: CallGround,
    private readonly options: ResolvedHttpOptions,
  ) {
    const { codecs } = ground.host;
    this.json = codecs.named('json') ?? codecs.preferred;
    this.contentTypes = codecs.names.map((name) => codecs.named(name)!.contentType);
  }

  /** @param query Without its question mark. */
  call(
    connection: HttpConnection,
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: Endpoint,
    query: string,
  ): void {
    const { host, replies } = this.ground;
    if (host.draining) return replies.fail(request, response, draining());
    const { method } = request;
    const { kind, readOnly } = endpoint.handler;
    const reads = method === 'GET' || method === 'HEAD';
    if (method !== 'POST' && !(reads && readOnly)) return this.notAllowed(request, response, endpoint);
    const endless = sendsMany(kind);
    const head = callHead(request.headers, host.clock, this.options, endless);
    if ('error' in head) return replies.fail(request, response, head.error);
    if (kind === 'bidirectional') return replies.fail(request, response, bothWays(endpoint), head.traceId);
    this.unary(connection, request, response, endpoint, head, reads ? query : undefined);
  }

  private unary(
    connection: HttpConnection,
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: Endpoint,
    head: CallHead,
    query: string | undefined,
  ): void {
    const { host, replies } = this.ground;
    const { headers } = request;
    const type = headers['content-type'];
    const codec = query !== undefined || type === undefined ? this.json : host.codecs.forContentType(type);
    if (!codec) {
      const known = this.contentTypes.join(', ');
      const why = `${endpoint.name} cannot read ${essence(type!)}; send ${known}`;
      return replies.fail(request, response, httpRefusal('SKERRY_CODEC_UNKNOWN', why), head.traceId);
    }
    const replyCodec = this.replyCodec(headers.accept, codec);
    if (!replyCodec) {
      const why = `${endpoint.name} cannot reply as the Accept header wants; it can as ${this.contentTypes.join(', ')}`;
      return replies.fail(request, response, httpRefusal('SKERRY_HTTP_NOT_ACCEPTABLE', why), head.traceId);
    }
    const messages = this.messages(codec, replyCodec, endpoint);
    const call = new UnaryCall(this.ground, request, response, endpoint, head, replyCodec.contentType);
    if (query !== undefined) {
      const read = queryMessage(query, endpoint.handler.schemas.request, endpoint.name);
      if ('error' in read) return replies.fail(request, response, read.error, head.traceId);
      const payload = endpoint.handler.request ? Buffer.from(JSON.stringify(read.message)) : undefined;
      call.begin(messages, payload, true);
      return;
    }
    if (!hasBody(request)) {
      call.begin(messages, undefined, true);
      return;
    }
    const limit = host.maxMessageBytes;
    if (Number(headers['content-length'] ?? 0) > limit) {
      return replies.fail(request, response, bodyTooLarge(limit), head.traceId);
    }
    continueReading(response);
    connection.receiving = 'body';
    readBody(request, limit, (body, error) => {
      connection.receiving = undefined;
      if (error) replies.fail(request, response, error, head.traceId);
      // The client may have left, and the server may have begun to drain, while the body came.
      else if (host.draining) replies.fail(request, response, draining(), head.traceId);
      else if (!response.destroyed) call.begin(messages, body, true);
    });
  }

  /** What a client takes of what the application speaks; what it sends itself is the first guess. */
  private replyCodec(accept: string | undefined, own: Codec): Codec | undefined {
    if (accept === undefined || accept === '*/*' || accept === own.contentType) return own;
    const { codecs } = this.ground.host;
    const type = choose(accept, [own.contentType, ...this.contentTypes]);
    return type === undefined ? undefined : codecs.forContentType(type);
  }

  private messages(codec: Codec, replyCodec: Codec, endpoint: Endpoint): EndpointMessages {
    const { host } = this.ground;
    const messages = host.messages(codec, endpoint);
    return codec === replyCodec
      ? messages
      : { request: messages.request, reply: host.messages(replyCodec, endpoint).reply };
  }

  private notAllowed(request: IncomingMessage, response: ServerResponse, { name, handler }: Endpoint): void {
    const allowed = handler.readOnly && !takesMany(handler.kind) ? 'GET, HEAD, POST, OPTIONS' : 'POST, OPTIONS';
    response.setHeader('allow', allowed);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const hint = reads ? `; it is not declared readOnly, so it is called by POST` : '';
    const why = `${name} is not called by ${request.method}${hint}`;
    this.ground.replies.fail(request, response, httpRefusal('SKERRY_HTTP_METHOD_NOT_ALLOWED', why));
  }
}

/** A client that asked first whether it may send its body is told so now. */
export function continueReading(response: ServerResponse): void {
  if (response.req.headers.expect !== undefined) response.writeContinue();
}

function bothWays({ name }: Endpoint): ReturnType<typeof httpRefusal> {
  return httpRefusal(
    'SKERRY_RPC_WRONG_KIND',
    `${name} streams both ways, which HTTP/1.1 cannot; call it by the native protocol, by WebSocket or by gRPC`,
  );
}
