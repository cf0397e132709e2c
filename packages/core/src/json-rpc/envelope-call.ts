import type { Deadlines } from '../clock/deadlines.js';
import type { EnvelopeCodec, RpcEnvelope, RpcNotification, RpcRequest } from '../codec/envelope.js';
import type { Peer } from '../context/peer.js';
import { catalogue } from '../errors/catalogue.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { WireError } from '../errors/wire.js';
import type { OpenHead } from '../rpc/stream.js';
import type { ProtocolHost } from '../server/protocol.js';
import { sendsMany, takesMany } from '../service/definition.js';
import { jsonRpcErrorOf } from './json-rpc-error.js';
import type { MethodNames } from './method-names.js';
import { SingleCall } from './single-call.js';

/** What calls in envelopes need of the server around them. */
export interface EnvelopeGround {
  readonly host: ProtocolHost;
  readonly deadlines: Deadlines;
  readonly names: MethodNames;
}

/**
 * Takes one call in an envelope. Never throws.
 *
 * @param answer Called once: with what is sent back, nothing for a notification; or with why the bytes are no call.
 * @returns What gives the call up.
 */
export function takeEnvelope(
  { host, deadlines, names }: EnvelopeGround,
  codec: EnvelopeCodec,
  bytes: Uint8Array,
  head: OpenHead,
  peer: Peer,
  answer: (bytes: Uint8Array | undefined, error?: WireError) => void,
): () => void {
  const nothing = (): void => undefined;
  let envelope: RpcEnvelope;
  try {
    envelope = codec.decode(bytes);
  } catch (thrown) {
    const { code, status, message, retryable } = SkerryError.from(thrown);
    answer(undefined, { code, status, message, retryable });
    return nothing;
  }
  if (envelope.kind !== 'request' && envelope.kind !== 'notification') {
    answer(
      undefined,
      wire('SKERRY_CODEC_DECODE_FAILED', `this is ${envelope.kind === 'reply' ? 'a reply' : 'an error'}, not a call`),
    );
    return nothing;
  }
  const called = envelope;
  const fail = (error: WireError): void => answered(() => failure(codec, called, error));
  const answered = (make: () => Uint8Array | undefined): void => {
    try {
      answer(make());
    } catch (thrown) {
      const { code, status, message, retryable } = SkerryError.from(thrown);
      answer(undefined, { code, status, message, retryable });
    }
  };
  const resolution = names.resolve(called.method);
  if ('error' in resolution) {
    fail(resolution.error);
    return nothing;
  }
  const { endpoint } = resolution;
  const { kind } = endpoint.handler;
  if (host.draining || takesMany(kind) || sendsMany(kind)) {
    fail(
      host.draining
        ? wire('SKERRY_RPC_DRAINING', `the node is shutting down and did not start ${endpoint.name}`)
        : wire(
            'SKERRY_RPC_WRONG_KIND',
            `${endpoint.name} streams, which ${codec.name} cannot; call it by the native protocol`,
          ),
    );
    return nothing;
  }
  const notified = called.kind === 'notification';
  const call = new SingleCall(host, deadlines, endpoint, head, (payload, error) => {
    if (notified) return;
    if (error) fail(error);
    else answered(() => reply(codec, called as RpcRequest, payload));
  });
  call.begin(host.messages(codec.messages, endpoint), called.params && asBuffer(called.params), peer);
  if (notified) answer(undefined);
  return notified ? nothing : () => call.leave();
}

function reply(codec: EnvelopeCodec, { id, method, dialect }: RpcRequest, payload: Uint8Array | undefined): Uint8Array {
  const result = payload ?? codec.messages.encode(null);
  return codec.encode({ kind: 'reply', id, method, result, dialect });
}

function failure(codec: EnvelopeCodec, called: RpcRequest | RpcNotification, error: WireError): Uint8Array | undefined {
  if (called.kind === 'notification') return undefined;
  const { id, method, dialect } = called;
  const { code, data } = jsonRpcErrorOf(error);
  return codec.encode({ kind: 'error', id, method, dialect, error: { code, message: error.message, data } });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function wire(code: keyof typeof catalogue, message: string): WireError {
  const { status, retryable } = catalogue[code];
  return { code, status, retryable, message };
}
