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
