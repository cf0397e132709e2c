import type { SkerryError } from '../errors/skerry-error.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { Attempt } from './attempt.js';
import type { FailedAttempt } from './call-errors.js';
import { addressOf } from './offered.js';

const firstBackoffMs = 20;
const longestBackoffMs = 1_000;
const noAttempts: readonly FailedAttempt[] = [];
const noNodes: ReadonlySet<string> = new Set();

/** What a call has tried, and what that leaves it to try. Costs nothing until something fails. */
export class Attempts {
  failed: readonly FailedAttempt[] = noAttempts;
  lastError?: SkerryError;
  /** Ids of the nodes that failed in this round. */
  tried: ReadonlySet<string> = noNodes;
  /** How often the request left, so that a handler may have run. */
  private sent = 0;

  add({ node, stream }: Attempt, error: SkerryError): void {
    this.lastError = error;
    if (stream) this.sent++;
    const { code, message } = error;
    this.failed = [...this.failed, { node: node.id, address: addressOf(node), code, message }];
    this.tried = new Set(this.tried).add(node.id);
  }

  /** Whether this round has a node left; when it has none, {@link nextRound} begins another. */
  anyLeft(nodes: readonly NodeRecord[]): boolean {
    return this.tried.size === 0 ? nodes.length > 0 : nodes.some(({ id }) => !this.tried.has(id));
  }

  nextRound(): void {
    this.tried = noNodes;
  }

  /**
   * How long to wait before the next round: longer and longer, and by chance, so that many calls that failed together do not come
   * back together.
   *
   * @param chance Uniform in [0, 1).
   */
  backoffMs(chance: number): number {
    const ceilingMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(this.failed.length, 16));
    return ceilingMs * (0.5 + chance / 2);
  }

  /**
   * Why a call that may have run must not be sent again; `undefined` when it may.
   *
   * @param retries How often that may be.
   */
  objection(idempotent: boolean, replied: boolean, uploads: boolean, retries: number): string | undefined {
    if (!idempotent) return 'it is not declared idempotent';
    if (replied) return 'part of its reply had already come';
    if (uploads) return 'its messages may have been taken';
    return this.sent > retries ? `it was sent ${this.sent} times` : undefined;
  }
}
