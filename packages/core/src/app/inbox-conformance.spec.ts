import { brokerConformance } from '../broker/conformance/conformance.js';
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
  brokerConformance(
    { describe, test },
    {
      deadLetters: 'publisher',
      open: () => drivers.open(),
      now: () => clock.now(),
      pass: (ms) => clock.advance(ms),
      lacks: ['durable', 'replay'],
    },
  );
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
