import assert from 'node:assert/strict';
import type { BrokerCapabilities } from '../driver.js';
import { absenceCases } from './absences.js';
import { broadcastCases } from './broadcasts.js';
import { contentCases } from './contents.js';
import { deadLetterCases } from './dead-letters.js';
import { expiryCases, publishDelayCases } from './delays.js';
import type { BrokerHarness, Lacking, Runner } from './harness.js';
import { hangCases } from './hangs.js';
import { interruptionCases, restartCases } from './interruptions.js';
import { endingCases } from './endings.js';
import { orderCases } from './order.js';
import { patternCases } from './patterns.js';
import { prefetchCases } from './prefetch.js';
import { publishingCases } from './publishing.js';
import { queueCases } from './queues.js';
import { replayCases } from './replay.js';
import { settlingCases } from './settling.js';
import { Stage, type Define } from './stage.js';

/**
 * The behaviour that every broker engine must show, as tests named for it. An engine's whole spec is one call:
 *
 *     const open = () => RabbitMqBrokerDriver.connect(server.url);
 *     brokerConformance({ describe, test }, { open, now: () => performance.now(), pass: sleep, lacks: ['replay'] });
 *
 * Nothing in it waits for longer than it must, except for what must not come: {@link BrokerHarness.settleMs}. A driver that
 * lacks `queues` is tested with little more than broadcasts.
 */
export function brokerConformance(runner: Runner, harness: BrokerHarness): void {
  const lacks = new Set(harness.lacks);
  const timeoutMs = 20_000 + 3 * (harness.withinMs ?? 10_000);
  const define: Define = (name, body) =>
    runner.test(
      name,
      async () => {
        const stage = new Stage(harness);
        try {
          await body(stage);
        } finally {
          await stage.end();
        }
      },
      timeoutMs,
    );
  const family = (
    name: string,
    cases: (define: Define, lacks: ReadonlySet<Lacking>) => void,
    ...needs: readonly Lacking[]
  ): void => {
    if (needs.every((each) => !lacks.has(each))) runner.describe(name, () => cases(define, lacks));
  };

  runner.describe('broker conformance', () => {
    define('declares the capabilities that it is tested for', async (stage) => {
      const { name, capabilities, deadLetters } = await stage.open();
      assert.ok(name.length > 0);
      assert.deepEqual(lackedBy(capabilities), [...lacks].sort());
      assert.ok(capabilities.maxMessageBytes >= 64 * 1024);
      assert.equal(deadLetters !== undefined, capabilities.deadLetter);
    });

    family('what the engine lacks', absenceCases);
    family('publishing', publishingCases, 'queues');
    family('queues', queueCases, 'queues');
    family('broadcasts', broadcastCases, 'broadcast');
    family('contents', contentCases, 'queues');
    family('settling', settlingCases, 'queues');
    family('prefetch', prefetchCases, 'queues');
    family('dead letters', deadLetterCases, 'queues', 'deadLetter');
    family('order', orderCases, 'queues', 'ordered');
    family('patterns', patternCases, 'queues', 'patterns');
    family('delayed messages', publishDelayCases, 'queues', 'delay');
    family('expiry', expiryCases, 'queues', 'expiry');
    family('replay', replayCases, 'queues', 'replay');
    family('endings', endingCases, 'queues');
    if (harness.interrupt) family('broken connections', interruptionCases, 'queues');
    if (harness.freeze) family('an engine that hangs', hangCases, 'queues');
    if (harness.restart) family('restart of the engine', restartCases, 'queues', 'durable');
  });
}

function lackedBy({ maxDelayMs, durable, ...flags }: BrokerCapabilities): string[] {
  const lacking = Object.entries(flags)
    .filter(([, value]) => value === false)
    .map(([name]) => name);
  if (maxDelayMs === 0) lacking.push('delay');
  if (durable === 'none') lacking.push('durable');
  return lacking.sort();
}
