/** How long a message waits before it is delivered again. */
export interface BackoffOptions {
  /** After the first failure, in ms. Default 1,000. */
  readonly firstMs?: number;
  /** Each wait is so many times the one before. Default 2. */
  readonly factor?: number;
  /** The longest wait, in ms. Default 60,000. */
  readonly mostMs?: number;
}

export const defaultBackoff: Required<BackoffOptions> = { firstMs: 1_000, factor: 2, mostMs: 60_000 };

/**
 * @param failures So many times it has failed, from 1.
 * @param chance   Uniform in [0, 1): messages that failed together do not come back together.
 */
export function backoffMs(options: BackoffOptions | undefined, failures: number, chance: number): number {
  const { firstMs, factor, mostMs } = { ...defaultBackoff, ...options };
  const waitMs = Math.min(mostMs, firstMs * factor ** Math.min(failures - 1, 100));
  return Math.round(waitMs * (0.8 + 0.2 * chance));
}
