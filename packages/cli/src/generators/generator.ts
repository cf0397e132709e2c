import type { Workspace } from './workspace/workspace.js';

/** What a generator has seen to. What it has written is in the tree of the workspace. */
export interface Generated {
  /** What is there now, whether or not it was before: `the handler orders.place`. */
  readonly what: string;
  /** What is left to do once its packages are installed: command lines, and sentences. */
  readonly next: readonly string[];
}

/**
 * Writes into the tree of a workspace. Doing it twice is doing it once. Rejects with a `UsageError` for what it cannot do; what the tree has
 * then is not to be kept.
 */
export type Generator<Request> = (workspace: Workspace, request: Request) => Promise<Generated>;
