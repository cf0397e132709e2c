import type { Clock } from '../clock/clock.js';
import type { ErrorClass } from '../errors/wire.js';
import type { NodeCriteria } from '../selector/filter.js';
import type { Selector } from '../selector/selector.js';
import type { Deadlines } from '../clock/deadlines.js';
import type { NodeView } from './described.js';
import type { Manner, Peers } from './peers.js';
import type { RetryBudget } from './retry-budget.js';
import type { TargetCache } from './targets.js';

/** What all clients of an application share. */
export interface ClientGround {
  readonly selector: Selector;
  readonly peers: Peers;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
}

/** What all clients of one service share. */
export interface ServiceGround {
  readonly view: NodeView;
  readonly targets: TargetCache;
  readonly budget: RetryBudget;
}

/** What all calls of one handler by one client share. */
export interface Caller extends ClientGround, ServiceGround {
  readonly service: string;
  readonly handler: string;
  /** `service.handler`. */
  readonly name: string;
  readonly errors: ReadonlyMap<string, ErrorClass>;
  /** Which nodes may be called; absent for all. */
  readonly criteria?: NodeCriteria | undefined;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly retries: number;
  /** How its nodes are spoken to. */
  readonly manner: Manner;
  readonly hedgeAfterMs?: number | undefined;
}
