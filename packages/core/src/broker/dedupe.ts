/** One's own claim to handle a message. Opaque outside the log that gave it. */
export interface DedupeLease {
  readonly lease: string;
}

/**
 * Remembers which messages a queue has handled. The class is the injection token; by default the application's `Store` keeps
 * it, so that it is as durable, and as shared between instances, as that.
 */
export abstract class DedupeLog {
  /**
   * Whether the message is to be handled here: a lease, and then for `leaseMs` it is nobody else's, unless its holder is known
   * to be dead; `running` when somebody else has that; `handled` when it was, within its window. When
   * it rejects, the message waits, and this is asked again: that is no attempt.
   */
  abstract begin(
    queue: string,
    id: string,
    leaseMs: number,
    signal: AbortSignal,
  ): Promise<DedupeLease | 'running' | 'handled'>;
  /** The message that was begun was handled: remembers that for `windowMs`, whoever has its lease by now. */
  abstract done(queue: string, id: string, windowMs: number, signal: AbortSignal): Promise<void>;
  /** It was not: somebody may begin it again. Does nothing where the lease is somebody else's by now, or the message handled. */
  abstract failed(queue: string, id: string, lease: DedupeLease, signal: AbortSignal): Promise<void>;
}
