import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Module, Service, Skerry, Store, Subscribe, type Delivery } from '@skerry/core';
import type { QueueName } from '../tally.js';
import { Ledger } from './ledger.js';
import { concurrency, engineModules, readSettings, topic } from './settings.js';

const settings = readSettings();
const restMs = 5;

// Killed again and again, a message may need many attempts, and soon; none is ever given up.
const common = {
  message: Object,
  concurrency,
  attempts: 1_000,
  ackTimeoutMs: 1_000,
  backoff: { firstMs: 50, mostMs: 500 },
};

/**
 * The effect of a handler, written at once, so that no kill undoes it; then something that it has yet to do, so that kills come
 * between the effect and the end of the handler.
 */
async function handle(queue: QueueName, { id }: Delivery): Promise<void> {
  writeSync(1, `${queue} ${id}\n`);
  await sleep(restMs);
}

/** One of those that handle, in a process of its own. */
@Service('chaos')
class Chaos {
  private readonly ledger: Ledger;

  constructor(@Inject(Store) store: Store) {
    this.ledger = new Ledger(store);
  }

  @Subscribe(topic, { ...common, queue: 'plain' })
  async plain(_message: unknown, delivery: Delivery): Promise<void> {
    await handle('plain', delivery);
  }

  @Subscribe(topic, { ...common, queue: 'once', dedupe: true })
  async once(_message: unknown, delivery: Delivery): Promise<void> {
    await handle('once', delivery);
    await this.ledger.book(delivery.id);
  }
}

@Module({ imports: engineModules(settings, 'consumers'), providers: [Chaos] })
class ConsumerModule {}

await Skerry.run(ConsumerModule, { logLevel: 'silent' });
writeSync(1, 'ready\n');
