/**
 * A dependency that is looked up when it is used, not when its owner is created: the way out of a cycle, and the way from a
 * singleton to a request-scoped provider.
 */
export interface Lazy<T> {
  /**
   * The instance. For a request-scoped target the one of the running request: a promise, as long as that is being made
   * asynchronously.
   *
   * Throws `SKERRY_DI_NOT_READY` while the target does not exist yet (so not in a constructor), and `SKERRY_DI_NO_REQUEST`
   * for a request-scoped target outside of a request.
   */
  get(): T;
}
