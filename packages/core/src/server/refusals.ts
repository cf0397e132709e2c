import type { SkerryCode } from '../errors/catalogue.js';
import { catalogue } from '../errors/catalogue.js';
import type { WireError } from '../errors/wire.js';
import type { Endpoint } from './endpoint.js';
import type { Limiter } from './limiter.js';

// Written out, not thrown: refusing must cost less than what it refuses, and an error takes its stack along.

/** As many calls run, and wait, as may. */
export function overloaded(endpoint: Endpoint, { name, limit }: Limiter): WireError {
  const { concurrency, queue } = limit;
  const why = `${concurrency} calls of ${name} run and ${queue} wait already`;
  return refusal(endpoint, 'SKERRY_RPC_OVERLOADED', why);
}

/** Its caller does not wait any more. */
export function expired(endpoint: Endpoint): WireError {
  return refusal(endpoint, 'SKERRY_RPC_DEADLINE_EXCEEDED', 'its deadline was over before its turn came');
}

/** The node shuts down. */
export function leaving(endpoint: Endpoint): WireError {
  return refusal(endpoint, 'SKERRY_RPC_DRAINING', 'the node shut down before its turn came');
}

/** Its connection is in a codec that this node does not have. */
export function unknownCodec(endpoint: Endpoint, known: readonly string[]): WireError {
  return refusal(
    endpoint,
    'SKERRY_CODEC_UNKNOWN',
    `its messages are in none of the codecs known here: ${known.join(', ')}`,
  );
}

function refusal({ service, node, name }: Endpoint, code: SkerryCode, why: string): WireError {
  const { status, retryable } = catalogue[code];
  return { code, status, retryable, message: `did not start ${name}: ${why}`, origin: { service, node } };
}
