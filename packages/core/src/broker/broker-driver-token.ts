import { InjectionToken } from '../container/token.js';
import type { BrokerDriver } from './driver.js';

/** The engine behind `Broker`: an engine's module provides it. */
export const BROKER_DRIVER = new InjectionToken<BrokerDriver>('BROKER_DRIVER', {
  key: Symbol.for('skerry.broker-driver'),
});
