import fc from 'fast-check';
import { ManualClock } from '../clock/manual-clock.js';
import { storeConformance } from './conformance/conformance.js';
import { MemoryStoreEngine } from './memory-engine.js';
import { MemoryStoreDriver } from './memory.js';

const clock = new ManualClock();
const engine = new MemoryStoreEngine(clock);
const pass = (ms: number): Promise<void> => clock.advance(ms);

describe('the whole memory store', () => {
  const restart = async (): Promise<void> => {
    engine.stop();
    engine.resume();
  };
  storeConformance(
    { describe, test, fc },
    { open: async () => new MemoryStoreDriver(engine), pass, restart, virtualTime: true, histories: 300 },
  );
});

describe('one that stands in for an engine that can do less', () => {
  const less = { watch: false, ttl: false, maxBatchWrites: 0 };
  storeConformance(
    { describe, test, fc },
    { open: async () => new MemoryStoreDriver(engine, less), pass, lacks: ['watch', 'ttl', 'batch'] },
  );
});
