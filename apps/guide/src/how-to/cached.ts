import { Injectable, InjectStore, Interceptor, SkerryError, type HandlerCall, type Store } from '@skerry/core';

// #region cached
/** Answers from the store what was answered within the last minute: for handlers that are `readOnly`. */
@Injectable()
export class Cached implements Interceptor {
  constructor(@InjectStore('replies') private readonly store: Store) {}

  async intercept({ service, handler, request }: HandlerCall, next: () => unknown): Promise<unknown> {
    const key = `${service}.${handler}/${encodeURIComponent(JSON.stringify(request ?? null))}`;
    const known = await this.store.get(key);
    if (known) return known.value;
    const reply = await next();
    // A cache that is full, or away, is no reason to fail.
    await this.store.put(key, reply, { ttlMs: 60_000 }).catch((error: unknown) => {
      if (!SkerryError.is(error)) throw error;
    });
    return reply;
  }
}
// #endregion cached
