import { ManualClock } from '../clock/manual-clock.js';
import { JsonCodec } from '../codec/json-codec.js';
import { Broker } from './broker.js';
import type { BrokerEvent } from './broker-events.js';
import { DedupeLog, type DedupeLease } from './dedupe.js';
import { MemoryBrokerDriver } from './memory.js';
import { MemoryBrokerEngine } from './memory-engine.js';
import type { SubscriptionPlan } from './subscription-plan.js';

const plan: SubscriptionPlan = {
  ...{ topic: 't', queue: 'q', broadcast: false, prefetch: 10, ordered: false, deadLetter: true, from: 'now' },
  ...{ attempts: 2, backoff: undefined, concurrency: 5, dedupe: { windowMs: 60_000, leaseMs: 40_000 } },
};

/** In memory; while it is down, it can be asked nothing. */
class FlakyLog extends DedupeLog {
  down = true;
  asked = 0;
  readonly handled = new Set<string>();

  override async begin(_queue: string, id: string): Promise<DedupeLease | 'handled'> {
    this.asked++;
    if (this.down) throw new Error('the log is down');
    return this.handled.has(id) ? 'handled' : { lease: id };
  }

  override async done(_queue: string, id: string): Promise<void> {
    this.handled.add(id);
  }

  override async failed(): Promise<void> {
    // There is nothing to give back.
  }
}

describe('messages that come while it cannot be told what was handled', () => {
  let clock: ManualClock;
  let engine: MemoryBrokerEngine;
  let log: FlakyLog;
  let events: BrokerEvent[];
  let runs: string[];
  const brokers: Broker[] = [];

  beforeEach(() => {
    clock = new ManualClock();
    engine = new MemoryBrokerEngine(clock);
    log = new FlakyLog();
    [events, runs] = [[], []];
  });

  afterEach(async () => {
    for (const broker of brokers.splice(0)) {
      await broker.stop(0);
      await broker.close();
    }
    expect(clock.pendingTimers).toBe(0);
  });

  async function open(changes: Partial<SubscriptionPlan> = {}, dedupe: DedupeLog = log): Promise<Broker> {
    const tell = (event: BrokerEvent): void => void events.push(event);
    const self = { service: 's', node: 's-1' };
    const broker = new Broker(new MemoryBrokerDriver(engine), clock, new JsonCodec(), self, tell, dedupe);
    brokers.push(broker);
    const handler = async ({ id, attempt }: { id: string; attempt: number }): Promise<void> => {
      runs.push(`${id} attempt ${attempt}`);
    };
    await broker.subscription({ ...plan, ...changes }, handler).start();
    return broker;
  }

  const types = (): string[] => events.map(({ type }) => type).filter((type) => type !== 'subscribed');

  test('wait, however long, use up no attempt, and are handled as soon as that is possible', async () => {
    const broker = await open();
    for (const messageId of ['a', 'b', 'c']) await broker.publish('t', {}, { messageId });
    await clock.advance(3_600_000);
    expect(runs).toEqual([]);
    expect(types()).toEqual(['dedupe-failing']);
    expect(broker.subscriptions[0]!.stats).toMatchObject({
      ...{ inFlight: 3, retried: 0, deadLettered: 0 },
      failure: { code: 'SKERRY_BROKER_UNAVAILABLE', message: expect.stringContaining('the log is down') },
    });
    log.down = false;
    await clock.advance(4_000);
    expect(runs.sort()).toEqual(['a attempt 1', 'b attempt 1', 'c attempt 1']);
    expect(types()).toEqual(['dedupe-failing', 'dedupe-recovered']);
    expect(broker.subscriptions[0]!.stats).toMatchObject({ handled: 3, failure: undefined });
    expect(await broker.deadLetters('q')).toEqual([]);
    expect(engine.queuedBytes).toBe(0);
  });

  test('ask less and less often', async () => {
    const broker = await open();
    await broker.publish('t', {}, { messageId: 'a' });
    await clock.advance(600);
    expect(log.asked).toBe(2);
    await clock.advance(60_000);
    const before = log.asked;
    await clock.advance(60_000);
    expect(log.asked - before).toBe(15);
  });

  test('keep the order of their key', async () => {
    const broker = await open({ ordered: true });
    for (const messageId of ['a', 'b', 'c']) await broker.publish('t', {}, { messageId, key: 'k' });
    await clock.advance(60_000);
    log.down = false;
    await clock.advance(10_000);
    expect(runs).toEqual(['a attempt 1', 'b attempt 1', 'c attempt 1']);
  });

  test('go back as they are when the subscription stops', async () => {
    const broker = await open();
    await broker.publish('t', {}, { messageId: 'a' });
    await clock.advance(10_000);
    const stopping = broker.stop(60_000);
    await clock.advance(10);
    expect(await stopping).toBe(0);
    expect(types()).toEqual(['dedupe-failing']);
    const working = new FlakyLog();
    working.down = false;
    await open({}, working);
    await clock.advance(10);
    expect(runs).toEqual(['a attempt 2']);
  });

  test('are delivered again when the engine is lost meanwhile, and handled once', async () => {
    const broker = await open();
    await broker.publish('t', {}, { messageId: 'a' });
    await clock.advance(10_000);
    for (let i = 0; i < 5; i++) {
      engine.stop();
      await clock.advance(5_000);
      engine.resume();
      await clock.advance(20_000);
    }
    log.down = false;
    await clock.advance(10_000);
    // As many as it may have, and more, and yet the first that a handler sees.
    expect(runs).toEqual(['a attempt 6']);
    expect(broker.subscriptions[0]!.stats).toMatchObject({ handled: 1, deadLettered: 0 });
  });
});
