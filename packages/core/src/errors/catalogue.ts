import type { Status } from './status.js';

interface CatalogueEntry {
  readonly status: Status;
  /** Whether the same call may succeed when it is sent again, to this node or another. */
  readonly retryable: boolean;
  /** One line: what happened. `docs/errors/<code>.md` says why, and what to do. */
  readonly summary: string;
}

const entry = (status: Status, retryable: boolean, summary: string): CatalogueEntry => ({ status, retryable, summary });

/**
 * Every error that Skerry itself raises. Codes are stable under semver, messages are not. A test binds this table to
 * `docs/errors/` in both directions.
 */
export const catalogue = {
  // Container and module graph: found before anything is constructed.
  SKERRY_GRAPH_INVALID: entry('FAILED_PRECONDITION', false, 'The module graph has problems; each is listed.'),
  SKERRY_DI_NO_PROVIDER: entry('FAILED_PRECONDITION', false, 'Nothing in the application provides a dependency.'),
  SKERRY_DI_NOT_EXPORTED: entry('FAILED_PRECONDITION', false, 'An imported module provides it but does not export it.'),
  SKERRY_DI_NOT_IMPORTED: entry('FAILED_PRECONDITION', false, 'A module exports it, and it is not imported here.'),
  SKERRY_DI_CYCLE: entry('FAILED_PRECONDITION', false, 'Providers need each other in a circle.'),
  SKERRY_DI_AMBIGUOUS: entry('FAILED_PRECONDITION', false, 'More than one provider fits.'),
  SKERRY_DI_LOST_METADATA: entry(
    'FAILED_PRECONDITION',
    false,
    'A constructor parameter has no usable type at run time.',
  ),
  SKERRY_DI_SCOPE_CAPTURE: entry(
    'FAILED_PRECONDITION',
    false,
    'A singleton would hold on to a request-scoped provider.',
  ),
  SKERRY_DI_DUPLICATE_CLASS: entry('FAILED_PRECONDITION', false, 'Two copies of one class are loaded.'),
  SKERRY_DI_INVALID_PROVIDER: entry('FAILED_PRECONDITION', false, 'An entry of `providers` is not a provider.'),
  SKERRY_DI_UNUSED_OVERRIDE: entry('FAILED_PRECONDITION', false, 'An override names a token that nothing provides.'),
  SKERRY_MODULE_INVALID_IMPORT: entry('FAILED_PRECONDITION', false, 'An entry of `imports` is not a module.'),
  SKERRY_MODULE_INVALID_EXPORT: entry(
    'FAILED_PRECONDITION',
    false,
    'An entry of `exports` is neither provided nor imported.',
  ),
  SKERRY_ESM_CYCLE: entry('FAILED_PRECONDITION', false, 'ES modules import each other in a circle.'),
  // Container at run time.
  SKERRY_DI_CREATE_FAILED: entry('INTERNAL', false, 'A constructor or factory threw.'),
  SKERRY_DI_NOT_FOUND: entry('NOT_FOUND', false, 'The application has no provider for a requested token.'),
  SKERRY_DI_NOT_READY: entry('FAILED_PRECONDITION', false, 'A lazy reference was read before its target existed.'),
  SKERRY_DI_NO_REQUEST: entry(
    'FAILED_PRECONDITION',
    false,
    'A request-scoped provider was asked for outside of a request.',
  ),
  // Application.
  SKERRY_APP_LOAD_FAILED: entry('FAILED_PRECONDITION', false, 'The root module could not be loaded.'),
  SKERRY_APP_STATE: entry('FAILED_PRECONDITION', false, 'The application is not in the state that this needs.'),
  SKERRY_APP_HOOK_FAILED: entry('INTERNAL', false, 'A lifecycle hook threw.'),
  SKERRY_APP_HOOK_TIMEOUT: entry('DEADLINE_EXCEEDED', false, 'A lifecycle hook did not finish in time.'),
  SKERRY_OPTION_INVALID: entry('INVALID_ARGUMENT', false, 'An option has a value that is not allowed.'),
  // Services.
  SKERRY_SERVICE_INVALID: entry('FAILED_PRECONDITION', false, 'A service cannot be served as it is declared.'),
  SKERRY_HANDLER_INVALID: entry('FAILED_PRECONDITION', false, 'A handler cannot be called as it is declared.'),
  SKERRY_HEALTH_INVALID: entry('FAILED_PRECONDITION', false, 'A health check cannot be run as it is declared.'),
  // Calls.
  SKERRY_VALIDATION_FAILED: entry('INVALID_ARGUMENT', false, 'A message does not satisfy its class.'),
  SKERRY_RPC_NO_NODE: entry('UNAVAILABLE', true, 'No node of the service was found in time.'),
  SKERRY_RPC_UNKNOWN_ENDPOINT: entry('UNIMPLEMENTED', false, 'The service has no handler of that name.'),
  SKERRY_RPC_WRONG_KIND: entry('FAILED_PRECONDITION', false, 'A stream was awaited, or a single reply iterated.'),
  SKERRY_RPC_CONNECT_FAILED: entry('UNAVAILABLE', true, 'The node could not be connected to.'),
  SKERRY_RPC_CONNECTION_LOST: entry('UNAVAILABLE', true, 'The connection ended before the reply came.'),
  SKERRY_RPC_DRAINING: entry('UNAVAILABLE', true, 'The node is shutting down and did not start the call.'),
  SKERRY_RPC_DENIED: entry('PERMISSION_DENIED', false, 'A guard does not allow the call.'),
  SKERRY_RPC_OVERLOADED: entry(
    'RESOURCE_EXHAUSTED',
    true,
    'The node has too many calls open and did not start this one.',
  ),
  SKERRY_RPC_DEADLINE_EXCEEDED: entry('DEADLINE_EXCEEDED', false, 'The call did not finish within its deadline.'),
  SKERRY_RPC_STREAM_IDLE: entry('DEADLINE_EXCEEDED', false, 'Nothing happened on a stream for too long.'),
  SKERRY_RPC_CANCELLED: entry('CANCELLED', false, 'The caller gave up.'),
  SKERRY_RPC_INTERNAL: entry(
    'INTERNAL',
    false,
    'The handler failed unexpectedly; the cause is in the log of its node.',
  ),
  SKERRY_RPC_PROTOCOL: entry('INTERNAL', false, 'The peer sent something that the protocol does not allow.'),
  // HTTP.
  SKERRY_HTTP_REQUEST_INVALID: entry('INVALID_ARGUMENT', false, 'An HTTP request is not as it must be.'),
  SKERRY_HTTP_METHOD_NOT_ALLOWED: entry('UNIMPLEMENTED', false, 'A handler is not called by this HTTP method.'),
  SKERRY_HTTP_NOT_ACCEPTABLE: entry(
    'INVALID_ARGUMENT',
    false,
    'A reply cannot be sent in a form that the client takes.',
  ),
  SKERRY_HTTP_ORIGIN_REFUSED: entry('PERMISSION_DENIED', false, 'A page of a foreign origin may not call.'),
  // Codecs.
  SKERRY_CODEC_ENCODE_FAILED: entry('INTERNAL', false, 'A message could not be encoded.'),
  SKERRY_CODEC_UNKNOWN: entry('INVALID_ARGUMENT', false, 'Messages are in a codec that the other side does not have.'),
  SKERRY_CODEC_DECODE_FAILED: entry('INVALID_ARGUMENT', false, 'A message could not be decoded.'),
  // Transports.
  SKERRY_TRANSPORT_ADDRESS_INVALID: entry('INVALID_ARGUMENT', false, 'An address is not of the transport’s form.'),
  SKERRY_TRANSPORT_LISTEN_FAILED: entry('UNAVAILABLE', false, 'The address could not be listened on.'),
  SKERRY_TRANSPORT_BAD_PREFACE: entry('INVALID_ARGUMENT', false, 'The peer does not speak the native protocol.'),
  SKERRY_TRANSPORT_FRAME_TOO_LARGE: entry('RESOURCE_EXHAUSTED', false, 'A frame is larger than the limit.'),
  SKERRY_TRANSPORT_PEER_STALLED: entry(
    'UNAVAILABLE',
    true,
    'The peer stopped reading, or stopped in the middle of a frame.',
  ),
  SKERRY_TRANSPORT_TOO_MANY_CONNECTIONS: entry(
    'RESOURCE_EXHAUSTED',
    true,
    'A listener has as many connections as it may hold.',
  ),
  SKERRY_TLS_CONFIG_INVALID: entry('FAILED_PRECONDITION', false, 'Certificates or options of TLS cannot be used.'),
  SKERRY_TLS_UNTRUSTED: entry('UNAUTHENTICATED', false, 'A peer’s certificate is not one to be trusted.'),
  SKERRY_TLS_HANDSHAKE_FAILED: entry('UNAVAILABLE', true, 'Two sides could not agree on TLS.'),
  // Registry.
  SKERRY_REGISTRY_UNAVAILABLE: entry('UNAVAILABLE', true, 'The registry did not answer.'),
  SKERRY_REGISTRY_FORBIDDEN: entry('PERMISSION_DENIED', false, 'The registry does not allow it.'),
  SKERRY_REGISTRY_NOT_WRITABLE: entry('FAILED_PRECONDITION', false, 'The registry engine cannot register nodes.'),
  SKERRY_REGISTRY_RECORD_TOO_LARGE: entry(
    'RESOURCE_EXHAUSTED',
    false,
    'A node record is larger than the engine takes.',
  ),
  SKERRY_REGISTRY_UNSAFE_DIRECTORY: entry(
    'PERMISSION_DENIED',
    false,
    'The local registry’s directory is not safe to use.',
  ),
  // Broker.
  SKERRY_BROKER_UNAVAILABLE: entry('UNAVAILABLE', true, 'The broker did not answer.'),
  SKERRY_BROKER_UNROUTED: entry('NOT_FOUND', false, 'Nobody has ever subscribed to a topic.'),
  SKERRY_BROKER_UNSUPPORTED: entry('FAILED_PRECONDITION', false, 'The broker’s engine cannot do what was asked for.'),
  SKERRY_BROKER_MESSAGE_TOO_LARGE: entry('RESOURCE_EXHAUSTED', false, 'A message is larger than the engine takes.'),
  SKERRY_BROKER_FULL: entry('RESOURCE_EXHAUSTED', true, 'There is no room for more messages.'),
  SKERRY_BROKER_REJECTED: entry('FAILED_PRECONDITION', false, 'A subscriber will never be able to handle a message.'),
  SKERRY_BROKER_NACKED: entry('UNAVAILABLE', true, 'A subscriber asked for another delivery of a message.'),
  SKERRY_SUBSCRIPTION_INVALID: entry('FAILED_PRECONDITION', false, 'A subscription cannot work as it is declared.'),
  // Store.
  SKERRY_STORE_UNAVAILABLE: entry('UNAVAILABLE', true, 'The store did not answer.'),
  SKERRY_STORE_CONFLICT: entry('ABORTED', false, 'An entry is not what a write expected.'),
  SKERRY_STORE_KEY_INVALID: entry('INVALID_ARGUMENT', false, 'A key cannot be used.'),
  SKERRY_STORE_VALUE_TOO_LARGE: entry('RESOURCE_EXHAUSTED', false, 'A value is larger than the engine takes.'),
  SKERRY_STORE_UNSUPPORTED: entry('UNIMPLEMENTED', false, 'The engine of the store cannot do this.'),
  SKERRY_STORE_FULL: entry('RESOURCE_EXHAUSTED', false, 'The engine of the store has no room left.'),
  SKERRY_STORE_FILE_UNUSABLE: entry('FAILED_PRECONDITION', false, 'The file of the store cannot be used.'),
  // Tools.
  SKERRY_CLI_USAGE: entry('INVALID_ARGUMENT', false, 'A command was called in a way it does not understand.'),
  SKERRY_CLI_NO_DEAD_LETTER: entry('NOT_FOUND', false, 'A queue has no dead letter of that id.'),
  SKERRY_CLI_INSTALL_FAILED: entry('UNAVAILABLE', true, 'What a workspace needs could not be installed.'),
  SKERRY_TEST_INVARIANT: entry('INTERNAL', false, 'What must always hold in a mesh does not.'),
  SKERRY_TEST_NOT_REPEATABLE: entry('INTERNAL', false, 'A simulation went another way with the same seed.'),
  SKERRY_TEST_SIMULATION_FAILED: entry('INTERNAL', false, 'A scenario fails with one of the seeds.'),
  SKERRY_TEST_LEAK: entry('INTERNAL', false, 'A test application left something open.'),
  SKERRY_TEST_NO_ANSWER: entry('UNIMPLEMENTED', false, 'The double of a client has no answer for a call.'),
  SKERRY_TEST_NO_ENGINE: entry('UNAVAILABLE', false, 'There is no server of an engine that a test could use.'),
  SKERRY_TEST_NOT_DOUBLED: entry('NOT_FOUND', false, 'A test asked for the double of what is not doubled.'),
  SKERRY_TEST_TIMEOUT: entry('DEADLINE_EXCEEDED', false, 'What a test waited for did not happen in time.'),
} as const satisfies Record<string, CatalogueEntry>;

/** A code of Skerry's own. Applications use their own codes, without the `SKERRY_` prefix. */
export type SkerryCode = keyof typeof catalogue;

export function isSkerryCode(code: string): code is SkerryCode {
  return Object.hasOwn(catalogue, code);
}
