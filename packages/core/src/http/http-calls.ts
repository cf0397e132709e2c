import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Codec } from '../codec/codec.js';
import type { EndpointMessages } from '../codec/endpoint-messages.js';
import type { StreamEvents } from '../rpc/stream.js';
import { sendsMany, takesMany } from '../service/definition.js';
import type { Endpoint } from '../server/endpoint.js';
import { acceptsGzip } from './compress.js';
import { callHead, type CallHead } from './call-head.js';
import type { HttpConnection } from './http-connection.js';
import type { ResolvedHttpOptions } from './http-options.js';
import { bodyTooLarge, draining, httpRefusal } from './http-refusal.js';
import { hasBody } from './http-replies.js';
import { choose, essence } from './media-types.js';
import { queryMessage } from './query-message.js';
import { readBody } from './read-body.js';
import { StreamCall } from './stream-call.js';
import { ndjson, streamFormats } from './stream-format.js';
import { Upload } from './upload.js';
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
    if (takesMany(kind)) return this.upload(connection, request, response, endpoint, head);
    if (endless) return this.stream(connection, request, response, endpoint, head, reads ? query : undefined);
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
    const begin = (payload: Buffer | undefined): void => void call.begin(messages, payload, true, connection.peer);
    if (query === undefined) this.body(connection, request, response, head, begin);
    else this.query(request, response, endpoint, head, query, begin);
  }

  private stream(
    connection: HttpConnection,
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: Endpoint,
    head: CallHead,
    query: string | undefined,
  ): void {
    const { replies } = this.ground;
    const { headers, method } = request;
    const { json } = this;
    const type = headers['content-type'];
    if (query === undefined && type !== undefined && essence(type) !== json.contentType) {
      const why = `the request of ${endpoint.name}, which streams, is read as ${json.contentType} alone`;
      return replies.fail(request, response, httpRefusal('SKERRY_CODEC_UNKNOWN', why), head.traceId);
    }
    const types = streamFormats.map(({ contentType }) => contentType);
    // Who asks for JSON gets lines of it.
    const wanted = choose(headers.accept, [...types, json.contentType]);
    if (wanted === undefined) {
      const why = `${endpoint.name} streams, and cannot as the Accept header wants; it can as ${types.join(', ')}`;
      return replies.fail(request, response, httpRefusal('SKERRY_HTTP_NOT_ACCEPTABLE', why), head.traceId);
    }
    const format = streamFormats.find(({ contentType }) => contentType === wanted) ?? ndjson;
    if (method === 'HEAD') return void response.writeHead(200, { 'content-type': format.contentType }).end();
    const gzip = this.options.compression && acceptsGzip(headers['accept-encoding']);
    const look = { format, gzip, keepAliveMs: this.options.eventKeepAliveMs };
    const messages = this.ground.host.messages(json, endpoint);
    const call = new StreamCall(this.ground, request, response, endpoint, head, look);
    const begin = (payload: Buffer | undefined): void => call.begin(messages, payload, connection.peer);
    if (query === undefined) this.body(connection, request, response, head, begin);
    else this.query(request, response, endpoint, head, query, begin);
  }

  private upload(
    connection: HttpConnection,
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: Endpoint,
    head: CallHead,
  ): void {
    const { host, replies } = this.ground;
    const type = request.headers['content-type'];
    if (type === undefined || essence(type) !== ndjson.contentType) {
      const why = `${endpoint.name} takes a stream of messages; send each as a line, as ${ndjson.contentType}`;
      return replies.fail(request, response, httpRefusal('SKERRY_CODEC_UNKNOWN', why), head.traceId);
    }
    const replyCodec = this.replyCodec(request.headers.accept, this.json);
    if (!replyCodec) {
      const why = `${endpoint.name} cannot reply as the Accept header wants; it can as ${this.contentTypes.join(', ')}`;
      return replies.fail(request, response, httpRefusal('SKERRY_HTTP_NOT_ACCEPTABLE', why), head.traceId);
    }
    const messages = this.messages(this.json, replyCodec, endpoint);
    const call = new UnaryCall(this.ground, request, response, endpoint, head, replyCodec.contentType);
    let events: StreamEvents | undefined;
    const upload = new Upload(request, host.maxMessageBytes, {
      message: (line) => events!.message(line, false),
      end: () => events!.end(),
      wrong: (error) => call.break(error),
      waiting: (forClient) => (connection.receiving = forClient ? 'stream' : undefined),
    });
    call.upload = upload;
    continueReading(response);
    events = call.begin(messages, undefined, false, connection.peer);
    upload.start();
  }

  private query(
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: Endpoint,
    head: CallHead,
    query: string,
    begin: (payload: Buffer | undefined) => void,
  ): void {
    const read = queryMessage(query, endpoint.handler.schemas.request, endpoint.name);
    if ('error' in read) return this.ground.replies.fail(request, response, read.error, head.traceId);
    begin(endpoint.handler.request ? Buffer.from(JSON.stringify(read.message)) : undefined);
  }

  private body(
    connection: HttpConnection,
    request: IncomingMessage,
    response: ServerResponse,
    head: CallHead,
    begin: (payload: Buffer | undefined) => void,
  ): void {
    if (!hasBody(request)) return begin(undefined);
    const { host, replies } = this.ground;
    const limit = host.maxMessageBytes;
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      return replies.fail(request, response, bodyTooLarge(limit), head.traceId);
    }
    continueReading(response);
    connection.receiving = 'body';
    readBody(request, limit, (body, error) => {
      connection.receiving = undefined;
      // The client may have left, or was too slow.
      if (response.destroyed || response.headersSent) return;
      if (error) replies.fail(request, response, error, head.traceId);
      // The server may have begun to drain while the body came.
      else if (host.draining) replies.fail(request, response, draining(), head.traceId);
      else begin(body);
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
