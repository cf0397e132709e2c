import type { SkerryCode } from '@skerry/core';

/**
 * The command line says something that a command does not understand. No `SkerryError`, because `@skerry/core` takes
 * longer to load than a slip of the hand should cost.
 */
export class UsageError extends Error {
  readonly code = 'SKERRY_CLI_USAGE' satisfies SkerryCode;

  /** @param fix What to do instead. Default: to write it like the command's first example. */
  constructor(
    message: string,
    readonly fix?: string,
  ) {
    super(message);
  }
}
