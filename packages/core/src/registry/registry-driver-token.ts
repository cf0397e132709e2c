import { InjectionToken } from '../container/token.js';
import type { RegistryDriver } from './driver.js';

/** The engine behind the registry. An engine's module provides it; default is the local one. */
export const REGISTRY_DRIVER = new InjectionToken<RegistryDriver>('REGISTRY_DRIVER', {
  key: Symbol.for('skerry.registry-driver'),
});
