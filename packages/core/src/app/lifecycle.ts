/** Called after everything that this needs was initialised, before anything is served. */
export interface OnModuleInit {
  onModuleInit(): void | Promise<void>;
}

/** Called when the whole application is initialised and listens, before other services can find it. */
export interface OnApplicationBootstrap {
  onApplicationBootstrap(): void | Promise<void>;
}

/** Called when the application is about to stop, while it still serves. Who depends on others is called before them. */
export interface BeforeApplicationShutdown {
  /** @param reason The signal (`SIGTERM`), or what `stop` was called with. */
  beforeApplicationShutdown(reason?: string): void | Promise<void>;
}

/**
 * Called when nothing is served any more: the place to close what was opened. Also called, when a start fails half-way, for
 * everything that had been created, initialised or not.
 */
export interface OnApplicationShutdown {
  /** @param reason The signal (`SIGTERM`), or what `stop` was called with. */
  onApplicationShutdown(reason?: string): void | Promise<void>;
}

export type HookName =
  'onModuleInit' | 'onApplicationBootstrap' | 'beforeApplicationShutdown' | 'onApplicationShutdown';
