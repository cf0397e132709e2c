import assert from 'node:assert/strict';
import type fastCheck from 'fast-check';
import type { StoreDriver, StoreOutcome, StoreWrite } from '../driver.js';
import { done, never, type Define, type Stage } from './harness.js';
import { isLinearizable, type Operation } from './linearizable.js';

type Deed = 'get' | 'put' | 'putIfAbsent' | 'putIfVersion' | 'delete' | 'deleteIfVersion';

const deeds: readonly Deed[] = [
  'get',
  'put',
  'putIfAbsent',
  'putIfVersion',
  'putIfVersion',
  'delete',
  'deleteIfVersion',
];

/** Several clients at once: for each key they agree on one order of what happened. */
export function raceCases(define: Define, fc: typeof fastCheck): void {
  define('of many workers that increment a counter by compare-and-set, none is lost', async (stage) => {
    const drivers = await Promise.all(Array.from({ length: 4 }, () => stage.open()));
    await stage.put(drivers[0]!, 'counter', '0');
    let lost = 0;
    const increment = async (driver: StoreDriver): Promise<void> => {
      for (;;) {
        const found = (await driver.get(stage.key('counter'), never))!;
        const next = String(Number(Buffer.from(found.value).toString()) + 1);
        const outcome = await driver.put(stage.putOf('counter', next, { ifVersion: found.version }), never);
        if (outcome.done) return;
        lost++;
      }
    };
    const worker = async (index: number): Promise<void> => {
      for (let i = 0; i < 25; i++) await increment(drivers[index % drivers.length]!);
    };
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(worker));
    assert.equal(await stage.text(drivers[0]!, 'counter'), '200');
    assert.ok(lost > 0, 'nobody got in anybody’s way, so nothing was tested');
  });

  define('of many that put if absent, one wins, and the others are told of its version', async (stage) => {
    const drivers = await Promise.all(Array.from({ length: 4 }, () => stage.open()));
    for (let round = 0; round < 10; round++) {
      const write = (index: number): Promise<StoreOutcome> =>
        drivers[index % 4]!.put(stage.putOf(`lock${round}`, String(index), { ifAbsent: true }), never);
      const outcomes = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(write));
      const winners = outcomes.filter((outcome) => outcome.done);
      assert.equal(winners.length, 1);
      const told = new Set(outcomes.map((outcome) => (outcome.done ? outcome.version : outcome.found)));
      assert.deepEqual([...told], [done(winners[0]!)]);
    }
  });

  define('any history of several clients at once is linearizable for each key', async (stage) => {
    const drivers = await Promise.all(Array.from({ length: 3 }, () => stage.open()));
    const deed = fc.record({ key: fc.nat(1), do: fc.constantFrom(...deeds), pause: fc.nat(2) });
    const clients = fc.array(fc.array(deed, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 4 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(clients, async (plans) => {
        const race = new Race(stage, `${run++}/`);
        await Promise.all(plans.map((plan, index) => race.run(plan, drivers[index % drivers.length]!)));
        for (const operations of race.operations) {
          assert.ok(isLinearizable(operations), `no order explains ${JSON.stringify(operations, null, 1)}`);
        }
      }),
      { numRuns: stage.harness.histories ?? 50 },
    );
  });
}

/** What several clients do to two keys at once, and in which order they were told what. */
class Race {
  readonly operations: readonly Operation[][] = [[], []];
  private moment = 0;

  constructor(
    private readonly stage: Stage,
    private readonly name: string,
  ) {}

  async run(plan: readonly { key: number; do: Deed; pause: number }[], driver: StoreDriver): Promise<void> {
    const known: (string | undefined)[] = [];
    for (const { key: index, do: deed, pause } of plan) {
      for (let i = 0; i < pause; i++) await Promise.resolve();
      const key = this.stage.key(`${this.name}${index}`);
      const write = this.write(deed, key, known[index]);
      const calledAt = this.moment++;
      const outcome = await (write ? perform(driver, write) : read(driver, key));
      this.operations[index]!.push({ ...(write ? { write } : {}), outcome, calledAt, answeredAt: this.moment++ });
      known[index] = outcome.done ? outcome.version : outcome.found;
    }
  }

  private write(deed: Deed, key: string, known: string | undefined): StoreWrite | undefined {
    const condition = known === undefined || !deed.endsWith('IfVersion') ? {} : { ifVersion: known };
    if (deed === 'get') return undefined;
    if (deed.startsWith('delete')) return { type: 'delete', key, ...condition };
    const value = Buffer.from(String(this.moment));
    return { type: 'put', key, value, ...condition, ...(deed === 'putIfAbsent' ? { ifAbsent: true } : {}) };
  }
}

async function read(driver: StoreDriver, key: string): Promise<StoreOutcome> {
  const version = (await driver.get(key, never))?.version;
  return { done: true, ...(version === undefined ? {} : { version }) };
}

function perform(driver: StoreDriver, write: StoreWrite): Promise<StoreOutcome> {
  return write.type === 'put' ? driver.put(write, never) : driver.delete(write, never);
}
