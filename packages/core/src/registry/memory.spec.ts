import { ManualClock } from '../clock/manual-clock.js';
import { registryConformance } from './conformance/conformance.js';
import { MemoryRegistryEngine } from './memory-engine.js';
import { MemoryRegistryDriver } from './memory.js';

const clock = new ManualClock();
const engine = new MemoryRegistryEngine(clock);

registryConformance(
  { describe, test },
  {
    open: async () => new MemoryRegistryDriver(engine),
    pass: (ms) => clock.advance(ms),
    restart: async (keepData) => {
      engine.stop();
      if (!keepData) engine.wipe();
      engine.resume();
    },
  },
);
