import { setTimeout as sleep } from 'node:timers/promises';
import { consulStarter, findConsul, openHandles, type ConsulAgent, type OpenHandles } from '@skerry-private/test-kit';
import { SystemClock } from '@skerry/core';
import { registryConformance } from '@skerry/core/conformance';
import { ConsulRegistryDriver } from './consul-registry.js';

const consul = await findConsul();

(consul ? describe : describe.skip)('the registry in a real Consul', () => {
  const startConsul = consulStarter(afterAll, consul);
  let agent: ConsulAgent;
  let before: OpenHandles;

  beforeAll(async () => {
    before = openHandles();
    agent = await startConsul({ persistent: true });
  }, 60_000);

  registryConformance(
    { describe, test },
    {
      open: async () => new ConsulRegistryDriver(new SystemClock(), { url: agent.url }, {}),
      pass: (ms) => sleep(ms),
      restart: (keepData) => agent.restart(keepData),
      ttlMs: 1_000,
      // At once, as a rule. Where the agent could not tell its servers, as on a machine that is busy, it tries again after 15 s and more.
      expiredWithinMs: 30_000,
    },
  );

  afterAll(async () => {
    await before.nothingMore();
  });
});
