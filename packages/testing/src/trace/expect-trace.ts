import { TestNetwork } from '../test-network.js';
import type { TestApp } from '../test-app.js';
import { callLogOf } from './call-log.js';
import { Trace } from './trace.js';

/**
 * One trace of a network, to be compared:
 *
 *     await expectTrace(network).toBe(`
 *       shop.order ok
 *       ├─ payments.charge ok
 *       └─ orders.placed → mail.confirm ok
 *     `);
 *     expect(expectTrace(network).calls).toEqual([{ call: 'shop.order', ... }]);
 *
 * @param where The network, or an application on it.
 * @param id    Default: the last trace that began.
 */
export function expectTrace(where: TestApp | TestNetwork, id?: string): Trace {
  const network = where instanceof TestNetwork ? where : where.network;
  return new Trace(callLogOf(network), network.clock, id);
}
