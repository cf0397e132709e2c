import { ManualClock } from '../clock/manual-clock.js';
import { brokerConformance } from './conformance/conformance.js';
import type { BrokerHarness } from './conformance/harness.js';
import { MemoryBrokerEngine } from './memory-engine.js';
import { MemoryBrokerDriver } from './memory.js';

const clock = new ManualClock();
const engine = new MemoryBrokerEngine(clock);

const harness: BrokerHarness = {
  open: async () => new MemoryBrokerDriver(engine),
  now: () => clock.now(),
  pass: (ms) => clock.advance(ms),
  interrupt: async () => engine.loseSubscriptions(),
  freeze: async (on) => (on ? engine.freeze() : engine.resume()),
  restart: async () => {
    engine.stop();
    engine.resume();
  },
};

brokerConformance({ describe, test }, { ...harness, lacks: ['durable'] });

describe('standing in for an engine that outlives its publishers', () => {
  // As the engine of this process does with its drivers.
  const lasting = new MemoryBrokerEngine(clock);
  brokerConformance(
    { describe, test },
    {
      ...harness,
      open: async () => new MemoryBrokerDriver(lasting, { durable: 'engine' }),
      interrupt: async () => lasting.loseSubscriptions(),
      freeze: async (on) => (on ? lasting.freeze() : lasting.resume()),
      restart: async () => {
        lasting.stop();
        lasting.resume();
      },
    },
  );
});

describe('standing in for an engine that queues, and can do no more', () => {
  const least = new MemoryBrokerEngine(clock);
  const capabilities = {
    durable: 'none',
    broadcast: false,
    maxDelayMs: 0,
    attempts: false,
    deadLetter: false,
    ordered: false,
    patterns: false,
    replay: false,
    mandatory: false,
    expiry: false,
  } as const;
  brokerConformance(
    { describe, test },
    {
      ...harness,
      open: async () => new MemoryBrokerDriver(least, capabilities),
      interrupt: async () => least.loseSubscriptions(),
      freeze: async (on) => (on ? least.freeze() : least.resume()),
      lacks: [
        'durable',
        'broadcast',
        'delay',
        'attempts',
        'deadLetter',
        'ordered',
        'patterns',
        'replay',
        'mandatory',
        'expiry',
      ],
    },
  );
});

describe('standing in for an engine that broadcasts, and can do no more', () => {
  const capabilities = { queues: false, durable: 'none' } as const;
  const open = async (): Promise<MemoryBrokerDriver> => new MemoryBrokerDriver(engine, capabilities);
  brokerConformance({ describe, test }, { ...harness, open, lacks: ['queues', 'durable'] });
});
