import { SkerryError } from '../errors/skerry-error.js';

export function frameTooLarge(
  verb: string,
  bytes: number,
  limit: number,
  preposition: string,
  peer: string,
): SkerryError {
  return new SkerryError(
    'SKERRY_TRANSPORT_FRAME_TOO_LARGE',
    `cannot ${verb} a frame of ${bytes} bytes ${preposition} ${peer}: the limit is ${limit} bytes; ` +
      'send less at once, or raise maxFrameBytes on both sides',
    { details: { bytes, limit } },
  );
}

export function peerStalled(peer: string, reason: string): SkerryError {
  return new SkerryError('SKERRY_TRANSPORT_PEER_STALLED', `gave up on ${peer}, which does not read: ${reason}`);
}

export function tookNothing(peer: string, forMs: number): SkerryError {
  return peerStalled(peer, `it took nothing for ${forMs} ms`);
}

export function frameStalled(peer: string, afterMs: number): SkerryError {
  return new SkerryError(
    'SKERRY_TRANSPORT_PEER_STALLED',
    `gave up on ${peer}, which stopped in the middle of a frame: it was not whole ${afterMs} ms after its first byte; ` +
      'send less at once, or raise frameTimeoutMs',
  );
}

export function closeStalled(peer: string, afterMs: number, bytes: number): SkerryError {
  const waited = bytes > 0 ? `${bytes} bytes still wait for it` : 'it has not said its own end';
  return new SkerryError(
    'SKERRY_TRANSPORT_PEER_STALLED',
    `gave up on ${peer}, which keeps the connection from closing: ${waited}, ${afterMs} ms after this side closed it`,
  );
}
