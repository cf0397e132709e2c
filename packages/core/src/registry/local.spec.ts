import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../clock/manual-clock.js';
import { SystemClock } from '../clock/system-clock.js';
import { registryConformance } from './conformance/conformance.js';
import { LocalRegistryDriver } from './local.js';

describe.each([true, false])('local registry, told by the file system: %s', (fileEvents) => {
  const directory = mkdtempSync(join(tmpdir(), 'skerry local '));
  const clock = new ManualClock();
  const real = new SystemClock();

  registryConformance(
    { describe, test },
    {
      open: async () => new LocalRegistryDriver(clock, { directory, fileEvents, checkMs: 200 }),
      restart: async (keepData) => {
        if (!keepData) rmSync(directory, { recursive: true });
      },
      pass: async (ms) => {
        await clock.advance(ms);
        // Files take their real time.
        await real.sleep(Math.min(ms, 10));
      },
    },
  );

  afterAll(() => {
    const left = readdirSync(directory).filter((name) => name.endsWith('.tmp'));
    rmSync(directory, { recursive: true });
    expect(left).toEqual([]);
  });
});
