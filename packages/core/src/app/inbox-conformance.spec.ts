import { brokerConformance } from '../broker/conformance/conformance.js';
import type { Runner } from '../broker/conformance/harness.js';
import { brokerEngines } from '../broker/engines.js';
import { ManualClock } from '../clock/manual-clock.js';
import { MemoryStoreEngine } from '../store/memory-engine.js';
import { InboxDrivers } from './fixtures/inbox-drivers.js';
import { World } from './fixtures/in-memory.js';

const options = { onePublisherPerKey: true };

describe('inboxes that share a store, as processes of one machine share a file', () => {
  const clock = new ManualClock();
  const drivers = new InboxDrivers(new World(clock), clock, options, new MemoryStoreEngine(clock));
  brokerConformance(
    { describe, test },
    { open: () => drivers.open(), now: () => clock.now(), pass: (ms) => clock.advance(ms), lacks: ['replay'] },
  );
});

describe('inboxes with a store each, in memory', () => {
  const clock = new ManualClock();
  const drivers = new InboxDrivers(new World(clock), clock, options);
  // Dead letters are where they were published: another application does not list them.
  const elsewhere = [
    'a dead letter is listed with its message and failure, and stays',
    'the same one is taken once, by however many',
  ];
  const runner: Runner = {
    describe,
    test: (name, body, timeoutMs) => (elsewhere.includes(name) ? test.skip : test)(name, body, timeoutMs),
  };
  brokerConformance(runner, {
    open: () => drivers.open(),
    now: () => clock.now(),
    pass: (ms) => clock.advance(ms),
    lacks: ['durable', 'replay'],
  });
});

test('an inbox that is given no more says what is said of it, and does not promise the order of keys', async () => {
  const clock = new ManualClock();
  const drivers = new InboxDrivers(new World(clock), clock, {}, new MemoryStoreEngine(clock));
  const driver = await drivers.open();
  expect(driver.capabilities).toEqual(brokerEngines['inbox']);
  expect(driver.capabilities.ordered).toBe(false);
  await driver.close();
  expect(clock.pendingTimers).toBe(0);
});
