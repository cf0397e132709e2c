import type { Peer } from '../context/peer.js';
import type { SkerryError } from '../errors/skerry-error.js';
import type { CalledService } from './called-service.js';
import type { PortProtocol } from './port-protocol.js';

/**
 * What an engine implements to carry frames between two peers. Users never see this file; engine authors live in it.
 *
 * A driver is thin: it opens, sends a frame, receives a frame, pushes back and closes. It knows nothing of calls. Order is
 * kept, a frame arrives whole or not at all, and a link that lost something is closed rather than patched. Retrying,
 * choosing peers, keep-alive and the meaning of frames belong to others.
 */
export interface TransportDriver {
  /** The scheme of this transport's addresses, without `://`: `tcp`, `unix`, `memory`. Lower case. */
  readonly scheme: string;

  /**
   * Starts accepting. Resolves once a peer can connect; rejects with `SKERRY_TRANSPORT_LISTEN_FAILED`.
   *
   * @param address Where, as `scheme://rest`; what is left open (port 0, no name) is chosen by the driver.
   * @param accept  Called for each link, in the turn in which it arrived. Must call {@link Link.start} at once.
   * @param refused Called for each peer that was turned away before it became a link (wrong preface, silent for too
   *                long). Not called for links; those end by {@link LinkEvents.closed}.
   * @param others  Protocols that share the address, told apart by what a peer says first. A driver whose peers do not
   *                connect by plain sockets ignores them.
   */
  listen(
    address: string,
    accept: (link: Link) => void,
    refused: (error: SkerryError) => void,
    others?: readonly PortProtocol[],
  ): Promise<Listener>;

  /**
   * Connects to a peer. May be called concurrently. Rejects with `SKERRY_RPC_CONNECT_FAILED` whose cause is the engine's
   * own error, with `SKERRY_TRANSPORT_BAD_PREFACE` where somebody answers who speaks something else, with `SKERRY_TLS_*` where
   * the two do not trust each other, or with the signal's reason.
   *
   * @param signal  Aborted when the caller's patience (default 5 s) is over: give up, free the half-open link, reject.
   * @param service Whom the link is for, for drivers that verify who answers. Default: not known.
   */
  connect(address: string, signal: AbortSignal, service?: CalledService): Promise<Link>;
}

/** An address that is being listened on. */
export interface Listener {
  /** Where it really listens, with what was left open filled in: `tcp://127.0.0.1:41873`. */
  readonly address: string;

  /** Whether the {@link PortProtocol}s that it was given are served at the address as well. Default `false`. */
  readonly sharesPort?: boolean;

  /** Stops accepting; links that exist live on. Resolves when the address is free. Harmless twice. */
  close(): Promise<void>;
}

/** One connection to one peer, carrying frames both ways. */
export interface Link {
  /** The other side, for people: `tcp://127.0.0.1:53422`. */
  readonly peer: string;

  /**
   * The other side, as handlers of its calls see it, with who it is where its certificate was verified. Stays when the link is gone.
   * Default: nobody, at {@link peer}.
   */
  readonly remote?: Peer;

  /** Begins delivery. Called exactly once, before anything else; what arrived earlier is delivered now, in order. */
  start(events: LinkEvents): void;

  /**
   * Queues a frame. Frames of one turn of the event loop leave together, in order. Never throws, never blocks; does
   * nothing on a closed link.
   *
   * @param frame At most the limit that the link was opened with; a larger one destroys the link. The driver may keep it
   *              until it is sent: the caller must not change it.
   * @returns `false` when the buffer is above its high-water mark: hold back until {@link LinkEvents.drained}. The frame
   *          was queued all the same. `true` on a closed link.
   */
  send(frame: Uint8Array): boolean;

  /** Bytes that were queued and have not left yet. */
  readonly bufferedBytes: number;

  /** Stops reading from the peer, so that the peer feels it. Frames that were already read may still be delivered. */
  pause(): void;
  resume(): void;

  /**
   * Sends what is queued, then closes; what still arrives is dropped. {@link LinkEvents.closed} follows, whatever the peer
   * does, at the latest after {@link TransportLimits.closeTimeoutMs}. Harmless twice.
   */
  close(): void;

  /** Closes at once and drops what is queued; `closed(error)` follows. Harmless twice. */
  destroy(error?: SkerryError): void;
}

export interface LinkEvents {
  /** One whole frame. The bytes may be kept; nobody writes to them again. */
  frame(bytes: Buffer): void;

  /** The buffer is below its low-water mark again, after {@link Link.send} returned `false`. */
  drained(): void;

  /**
   * The peer is slow, and lives: part of a frame has come, or it has taken some of what had waited for it. Not called where
   * frames come and go whole.
   */
  progress?(): void;

  /**
   * The link is gone, exactly once and last. Without an error when either side closed it in order; otherwise with what
   * happened, coded: a frame beyond the limit is `SKERRY_TRANSPORT_FRAME_TOO_LARGE`, a peer that stopped reading, or stopped in the
   * middle of a frame, is `SKERRY_TRANSPORT_PEER_STALLED`, everything else is `SKERRY_RPC_CONNECTION_LOST` with the engine's error as its cause.
   */
  closed(error?: SkerryError): void;
}

/** What every transport bounds. */
export interface TransportLimits {
  /** Largest frame either way, in bytes. Default 4 MiB plus 64 KiB for what surrounds a message. */
  readonly maxFrameBytes: number;
  /** Queued bytes from which {@link Link.send} answers `false`. Default 1 MiB. */
  readonly highWaterBytes: number;
  /** Queued bytes at which the link is destroyed as stalled. Default 64 MiB. */
  readonly maxBufferedBytes: number;
  /** How long queued bytes may make no progress before the link is destroyed as stalled. Default 30 s. */
  readonly stallTimeoutMs: number;
  /**
   * How long one frame may take to arrive, from its first byte, and a millisecond more for every 64 bytes that came; not
   * counted while reading is paused. Default 10 s.
   */
  readonly frameTimeoutMs: number;
  /** How long an end in order may take: for what is queued, and for the peer to say its own end. Default 5 s. */
  readonly closeTimeoutMs: number;
  /** How long an accepted peer may take to say what it speaks. Default 5 s. */
  readonly prefaceTimeoutMs: number;
  /**
   * How many connections a listener holds at once, those of all protocols of its port together; further ones are closed as
   * they come. Default 10,000. Not where peers connect without sockets.
   */
  readonly maxConnections: number;
}

export const defaultTransportLimits: TransportLimits = {
  maxFrameBytes: 4 * 1024 * 1024 + 64 * 1024,
  highWaterBytes: 1024 * 1024,
  maxBufferedBytes: 64 * 1024 * 1024,
  stallTimeoutMs: 30_000,
  frameTimeoutMs: 10_000,
  closeTimeoutMs: 5_000,
  prefaceTimeoutMs: 5_000,
  maxConnections: 10_000,
};
