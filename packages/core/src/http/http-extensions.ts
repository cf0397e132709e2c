import type { Envelopes } from '../codec/envelopes.js';
import type { HttpRoute } from './http-route.js';
import type { HttpUpgrade } from './http-upgrade.js';

/** What HTTP has beside services. */
export interface HttpExtensions {
  readonly upgrades?: readonly HttpUpgrade[] | undefined;
  readonly routes?: readonly HttpRoute[] | undefined;
  /** What `/rpc` takes besides JSON-RPC. */
  readonly envelopes?: Envelopes | undefined;
}
