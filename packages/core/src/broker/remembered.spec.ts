import { ManualClock } from '../clock/manual-clock.js';
import { JsonCodec } from '../codec/json-codec.js';
import { Broker } from './broker.js';
import type { BrokerEvent } from './broker-events.js';
import { DedupeLog, type DedupeLease } from './dedupe.js';
import { MemoryBrokerDriver } from './memory.js';
import { MemoryBrokerEngine } from './memory-engine.js';
import type { SubscriptionPlan } from './subscription-plan.js';

const leaseMs = 40_000;
const plan: SubscriptionPlan = {
  ...{ topic: 't', queue: 'q', broadcast: false, prefetch: 1, ordered: false, deadLetter: true, from: 'now' },
  ...{ attempts: 5, backoff: undefined, concurrency: 1, dedupe: { windowMs: 60_000, leaseMs } },
};

/** In memory; while it is down, nothing can be recorded or given back. */
class FlakyLog extends DedupeLog {
  down = true;
  readonly handled = new Set<string>();

  override async begin(_queue: string, id: string): Promise<DedupeLease | 'handled'> {
    return this.handled.has(id) ? 'handled' : { lease: id };
  }

  override async done(_queue: string, id: string): Promise<void> {
    if (this.down) throw new Error('the log is down');
    this.handled.add(id);
  }

  override async failed(): Promise<void> {
    if (this.down) throw new Error('the log is down');
  }
}

describe('a message that was handled, while that cannot be recorded', () => {
  let clock: ManualClock;
  let engine: MemoryBrokerEngine;
  let broker: Broker;
  let log: FlakyLog;
  let events: BrokerEvent[];
  let runs: number;

  beforeEach(async () => {
    clock = new ManualClock();
    engine = new MemoryBrokerEngine(clock);
    log = new FlakyLog();
    events = [];
    runs = 0;
    const self = { service: 's', node: 's-1' };
    const tell = (event: BrokerEvent): void => void events.push(event);
    broker = new Broker(new MemoryBrokerDriver(engine), clock, new JsonCodec(), self, tell, log);
    await broker.subscription(plan, async () => void runs++).start();
    await broker.publish('t', { n: 1 }, { messageId: 'a' });
    await clock.advance(20_000);
  });

  afterEach(async () => {
    await broker.stop(0);
    await broker.close();
    expect(clock.pendingTimers).toBe(0);
  });

  const unrecorded = (): unknown[] => events.filter(({ type }) => type === 'settling-failed');

  test('is not handled again, and is recorded as soon as that is possible', async () => {
    expect(runs).toBe(1);
    log.down = false;
    await clock.advance(1_000);
    await broker.publish('t', { n: 1 }, { messageId: 'a' });
    await clock.advance(1_000);
    expect(runs).toBe(1);
    expect(broker.subscriptions[0]!.stats).toMatchObject({ handled: 1, duplicates: 1, retried: 0 });
    expect(unrecorded()).toEqual([]);
    expect(engine.queuedBytes).toBe(0);
  });

  test('is done with when its lease is over, and others are handled', async () => {
    await broker.publish('t', { n: 2 }, { messageId: 'b' });
    await clock.advance(19_000);
    expect(runs).toBe(1);
    await clock.advance(2_000);
    expect(runs).toBe(2);
    expect(unrecorded()).toMatchObject([{ queue: 'q', id: 'a' }]);
  });

  test('is done with when the subscription is stopped', async () => {
    const stopping = broker.stop(5_000);
    await clock.advance(10);
    expect(await stopping).toBe(0);
    expect(unrecorded()).toMatchObject([{ queue: 'q', id: 'a' }]);
    expect(engine.queuedBytes).toBe(0);
  });
});
