/**
 * Remembers which messages a queue has handled. The class is the injection token; by default the application's `Store` keeps
 * it, so that it is as durable, and as shared between instances, as that.
 */
export abstract class DedupeLog {
  /**
   * Whether the message is to be handled here: `new`, and then for `leaseMs` it is nobody else's; `running` when somebody
   * else has that; `handled` when it was, within its window.
   */
  abstract begin(
    queue: string,
    id: string,
    leaseMs: number,
    signal: AbortSignal,
  ): Promise<'new' | 'running' | 'handled'>;
  /** The message that was begun was handled: remembers that for `windowMs`. */
  abstract done(queue: string, id: string, windowMs: number, signal: AbortSignal): Promise<void>;
  /** It was not: somebody may begin it again. */
  abstract failed(queue: string, id: string, signal: AbortSignal): Promise<void>;
}
