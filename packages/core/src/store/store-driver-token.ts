import { InjectionToken } from '../container/token.js';
import type { StoreDriver } from './driver.js';

/** The engine behind the store. An engine's module provides it; default is one in memory. */
export const STORE_DRIVER = new InjectionToken<StoreDriver>('STORE_DRIVER', {
  key: Symbol.for('skerry.store-driver'),
});
