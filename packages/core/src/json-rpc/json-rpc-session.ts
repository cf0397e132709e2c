import { Deadlines } from '../clock/deadlines.js';
import type { MessageCodec } from '../codec/codec.js';
import type { RpcId } from '../codec/envelope.js';
import { JsonCodec } from '../codec/json-codec.js';
import { jsonRpcError, type JsonRpcDialect } from '../codec/json-rpc.js';
import type { Peer } from '../context/peer.js';
import { catalogue } from '../errors/catalogue.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { WireError } from '../errors/wire.js';
import type { OpenHead } from '../rpc/stream.js';
import { sendsMany, takesMany } from '../service/definition.js';
import type { Endpoint } from '../server/endpoint.js';
import type { ProtocolHost } from '../server/protocol.js';
import { jsonRpcErrorOf, protocolError, type JsonRpcErrorObject } from './json-rpc-error.js';
import { readRequest, type JsonRpcFault, type JsonRpcRequest } from './json-rpc-request.js';
import { MethodNames } from './method-names.js';
import { readParams } from './params.js';
import { SingleCall } from './single-call.js';

export interface JsonRpcSessionOptions {
  /** Requests that one batch may hold. Default 100. */
  readonly maxBatch?: number;
}

/** Given up by calling it: what runs is cancelled, and nothing is answered. */
export type Leave = () => void;

/**
 * JSON-RPC 2.0 and 1.0 as a function from text to text, for whatever carries texts: HTTP bodies, WebSocket messages. Calls go
 * through the same pipeline as all others. One for a server, or one for a connection.
 */
export class JsonRpcSession {
  private readonly names: MethodNames;
  private readonly deadlines: Deadlines;
  private readonly running = new Set<SingleCall>();
  private readonly maxBatch: number;
  private readonly json: JsonCodec = new JsonCodec();

  constructor(
    private readonly host: ProtocolHost,
    { maxBatch = 100 }: JsonRpcSessionOptions = {},
  ) {
    this.names = new MethodNames(host);
    this.deadlines = new Deadlines(host.clock);
    this.maxBatch = maxBatch;
  }

  /**
   * Takes a text: a request or a batch of them, which run side by side. Never throws.
   *
   * @param head   Of each call in it; see {@link OpenHead}.
   * @param answer Called once, with the text to send back, or with nothing where all were notifications: then as soon as these
   *               have begun.
   * @param peer   Who sent it, as `IncomingCall.peer`.
   */
  take(text: Uint8Array, head: OpenHead, answer: (text: Buffer | undefined) => void, peer?: Peer): Leave {
    let value: unknown;
    try {
      value = this.json.decode(text);
    } catch (error) {
      const fault = protocolError(jsonRpcError.parseError, SkerryError.from(error).message);
      answer(Buffer.from(failureText('2.0', null, fault)));
      return nothing;
    }
    if (!Array.isArray(value))
      return this.takeOne(readRequest(value), head, peer, (one) =>
        answer(one === undefined ? undefined : Buffer.from(one)),
      );
    const { length } = value;
    if (length === 0 || length > this.maxBatch) {
      const why =
        length === 0 ? 'the batch is empty' : `the batch has ${length} requests; at most ${this.maxBatch} are allowed`;
      answer(Buffer.from(failureText('2.0', null, protocolError(jsonRpcError.invalidRequest, why))));
      return nothing;
    }
    return this.takeBatch(value, head, peer, answer);
  }

  /** Gives all calls up that run. */
  close(): void {
    for (const call of this.running) call.leave();
    this.running.clear();
    this.deadlines.close();
  }

  private takeBatch(
    batch: readonly unknown[],
    head: OpenHead,
    peer: Peer | undefined,
    answer: (text: Buffer | undefined) => void,
  ): Leave {
    const requests = batch.map(readRequest);
    const answers: (string | undefined)[] = requests.map(() => undefined);
    let open = requests.length;
    let bytes = 0;
    const leaves = requests.map((request, at) =>
      this.takeOne(request, head, peer, (text) => {
        if (text !== undefined) {
          bytes += text.length;
          // Each fits; together they need not.
          const fits = bytes <= this.host.maxMessageBytes;
          answers[at] = fits
            ? text
            : failureText(request.dialect, idOf(request), jsonRpcErrorOf(tooLarge(this.host.maxMessageBytes)));
          if (!fits) bytes -= text.length;
        }
        if (--open > 0) return;
        const given = answers.filter((each) => each !== undefined);
        answer(given.length > 0 ? Buffer.from(`[${given.join(',')}]`) : undefined);
      }),
    );
    return () => leaves.forEach((leave) => leave());
  }

  private takeOne(
    request: JsonRpcRequest | JsonRpcFault,
    head: OpenHead,
    peer: Peer | undefined,
    answer: (text: string | undefined) => void,
  ): Leave {
    const { dialect } = request;
    if ('fault' in request) {
      answer(failureText(dialect, null, request.fault));
      return nothing;
    }
    const { id } = request;
    const fail = (error: JsonRpcErrorObject): void =>
      answer(id === undefined ? undefined : failureText(dialect, id, error));
    const resolution = this.names.resolve(request.method);
    const refused = 'error' in resolution ? resolution.error : this.refusal(resolution.endpoint);
    if ('error' in resolution || refused) {
      fail(jsonRpcErrorOf(refused!));
      return nothing;
    }
    const { endpoint } = resolution;
    const read = readParams(request.params, endpoint);
    if ('why' in read) {
      fail(protocolError(jsonRpcError.invalidParams, read.why));
      return nothing;
    }
    const messages = this.host.messages(this.host.codecs.named('json') ?? this.json, endpoint);
    const call: SingleCall = new SingleCall(this.host, this.deadlines, endpoint, head, (payload, error) => {
      this.running.delete(call);
      // Whoever notifies is not told, and does not wait.
      if (id === undefined) return;
      if (error) fail(jsonRpcErrorOf(error));
      else answer(resultText(dialect, id, payload));
    });
    this.running.add(call);
    call.begin(messages, payloadOf(read.message, this.json), peer);
    if (id === undefined) answer(undefined);
    return () => {
      // A notification's caller never waited, so it cannot give up.
      if (id === undefined) return;
      this.running.delete(call);
      call.leave();
    };
  }

  private refusal({ name, handler: { kind } }: Endpoint): WireError | undefined {
    if (this.host.draining) return wire('SKERRY_RPC_DRAINING', `the node is shutting down and did not start ${name}`);
    if (!takesMany(kind) && !sendsMany(kind)) return undefined;
    return wire(
      'SKERRY_RPC_WRONG_KIND',
      `${name} streams, which JSON-RPC cannot; call it by its path of HTTP, by the native protocol or by gRPC`,
    );
  }
}

function payloadOf(message: unknown, json: MessageCodec): Buffer | undefined {
  return message === undefined ? undefined : (json.encode(message) as Buffer);
}

function idOf(request: JsonRpcRequest | JsonRpcFault): RpcId {
  return 'fault' in request ? null : (request.id ?? null);
}

function resultText(dialect: JsonRpcDialect, id: RpcId, payload: Uint8Array | undefined): string {
  const result = payload ? Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString() : 'null';
  return dialect === '2.0'
    ? `{"jsonrpc":"2.0","result":${result},"id":${JSON.stringify(id)}}`
    : `{"id":${JSON.stringify(id)},"result":${result},"error":null}`;
}

/** In 1.0 the error is text, which is all that Go's client reads. */
function failureText(dialect: JsonRpcDialect, id: RpcId, error: JsonRpcErrorObject): string {
  if (dialect === '2.0') return `{"jsonrpc":"2.0","error":${safeJson(error)},"id":${JSON.stringify(id)}}`;
  const detail = error.data?.['detail'];
  const text = `${(error.data?.['code'] as string | undefined) ?? error.message}: ${typeof detail === 'string' ? detail : error.message}`;
  return `{"id":${JSON.stringify(id)},"result":null,"error":${JSON.stringify(text)}}`;
}

/** What an application put into its details may have no JSON. */
function safeJson({ code, message, data }: JsonRpcErrorObject): string {
  try {
    return JSON.stringify({ code, message, data });
  } catch {
    return JSON.stringify({ code, message });
  }
}

function wire(code: keyof typeof catalogue, message: string): WireError {
  const { status, retryable } = catalogue[code];
  return { code, status, retryable, message };
}

function tooLarge(limit: number): WireError {
  return wire(
    'SKERRY_TRANSPORT_FRAME_TOO_LARGE',
    `the answers of the batch are larger than ${limit} bytes together; send fewer requests`,
  );
}

function nothing(): void {
  // Nothing runs.
}
