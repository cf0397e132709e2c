import assert from 'node:assert/strict';
import type { Arbitrary, default as fastCheck } from 'fast-check';
import type { StoreDriver, StoreWrite } from '../driver.js';
import { never, textOf, type Define, type Stage } from './harness.js';
import { asBatch, StoreModel } from './model.js';

/** What a step expects of an entry: nothing, that there is none, its version of now, one that it had, one that it never had. */
type Condition = 'none' | 'absent' | 'current' | 'former' | 'never';

interface WriteStep {
  readonly key: number;
  readonly text?: string;
  readonly ttl: number;
  readonly condition: Condition;
}

type Step =
  | { readonly do: 'write'; readonly write: WriteStep; readonly through: number }
  | { readonly do: 'batch'; readonly writes: readonly WriteStep[]; readonly through: number }
  | { readonly do: 'list'; readonly prefix: string; readonly limit: number; readonly through: number }
  | { readonly do: 'get'; readonly key: number; readonly through: number }
  | { readonly do: 'pass'; readonly quarters: number };

const names = ['a', 'a/1', 'a/2', 'b', 'b/\u{1f980}', 'b/\uffee'];

/** The engine does what its model does, after every step of any history. */
export function historyCases(define: Define, fc: typeof fastCheck, lacks: ReadonlySet<string>): void {
  define('a store equals its model after every step of any history', async (stage) => {
    const drivers = [await stage.open(), await stage.open()];
    const timed = stage.harness.virtualTime === true && !lacks.has('ttl');
    let run = 0;
    await fc.assert(
      fc.asyncProperty(history(fc, timed, !lacks.has('batch')), async (steps) => {
        const player = new Player(stage, `${run++}/`);
        for (const step of steps) await player.play(step, drivers);
      }),
      { numRuns: stage.harness.histories ?? 50 },
    );
  });
}

function history(fc: typeof fastCheck, timed: boolean, batches: boolean): Arbitrary<Step[]> {
  const through = fc.nat(1);
  const key = fc.nat(names.length - 1);
  const write: Arbitrary<WriteStep> = fc.record(
    {
      key,
      text: fc.string({ maxLength: 8 }),
      ttl: timed ? fc.constantFrom(0, 0, 1, 2, 5) : fc.constant(0),
      condition: fc.constantFrom<Condition>('none', 'none', 'absent', 'current', 'former', 'never'),
    },
    { requiredKeys: ['key', 'ttl', 'condition'] },
  );
  const writes = fc.uniqueArray(write, { selector: (each) => each.key, minLength: 1, maxLength: 4 });
  const prefix = fc.constantFrom('', 'a', 'a/', 'b/', 'c');
  const steps: { weight: number; arbitrary: Arbitrary<Step> }[] = [
    { weight: 6, arbitrary: fc.record({ do: fc.constant('write'), write, through }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('get'), key, through }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('list'), prefix, limit: fc.integer({ min: 1, max: 4 }), through }),
    },
    { weight: batches ? 2 : 0, arbitrary: fc.record({ do: fc.constant('batch'), writes, through }) },
    {
      weight: timed ? 2 : 0,
      arbitrary: fc.record({ do: fc.constant('pass'), quarters: fc.integer({ min: 1, max: 12 }) }),
    },
  ];
  const step = fc.oneof(...steps);
  return fc.array(step, { maxLength: 40 });
}

/** One history: what it does to the engine it does to the model as well. */
class Player {
  private readonly model = new StoreModel();
  private readonly former = new Map<string, string>();

  constructor(
    private readonly stage: Stage,
    private readonly run: string,
  ) {}

  async play(step: Step, drivers: readonly StoreDriver[]): Promise<void> {
    if (step.do === 'pass') {
      const ms = (step.quarters * this.stage.ttlMs) / 4;
      await this.stage.harness.pass(ms);
      return this.model.pass(ms);
    }
    const driver = drivers[step.through]!;
    if (step.do === 'get') return this.get(driver, this.key(step.key));
    if (step.do === 'list') return this.list(driver, this.stage.key(this.run + step.prefix), step.limit);
    const writes = (step.do === 'write' ? [step.write] : step.writes).map((each) => this.write(each));
    for (const { key } of writes) this.remember(key);
    const outcome = step.do === 'write' ? asBatch(await one(driver, writes[0]!)) : await driver.batch(writes, never);
    assert.equal(this.model.problemWith(writes, outcome), undefined);
    for (const { key } of writes) await this.get(driver, key);
  }

  private async get(driver: StoreDriver, key: string): Promise<void> {
    const [found, expected] = [await driver.get(key, never), this.model.get(key)];
    assert.deepEqual([textOf(found), found?.version], [expected?.text, expected?.version]);
    assert.equal(found?.expiresInMs !== undefined, expected !== undefined && expected.expiresAt < Infinity);
  }

  private async list(driver: StoreDriver, prefix: string, limit: number): Promise<void> {
    const keys: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await driver.list({ prefix, limit, ...(after === undefined ? {} : { after }) }, never);
      keys.push(...page.entries.map(({ key }) => key));
      after = page.entries.at(-1)?.key;
      if (!page.more || after === undefined) break;
    }
    assert.deepEqual(keys, this.model.keys(prefix));
  }

  private key(index: number): string {
    return this.stage.key(this.run + names[index]!);
  }

  /** The version that it has now will once be a former one. */
  private remember(key: string): void {
    const now = this.model.get(key)?.version;
    if (now !== undefined) this.former.set(key, now);
  }

  private write({ key: index, text, ttl, condition }: WriteStep): StoreWrite {
    const key = this.key(index);
    const version =
      condition === 'current'
        ? this.model.get(key)?.version
        : condition === 'former'
          ? this.former.get(key)
          : undefined;
    const ifVersion =
      condition === 'never' ? { ifVersion: 'never' } : version === undefined ? {} : { ifVersion: version };
    if (text === undefined) return { type: 'delete', key, ...ifVersion };
    const ttlMs = ttl === 0 ? {} : { ttlMs: ttl * this.stage.ttlMs };
    const ifAbsent = condition === 'absent' ? { ifAbsent: true } : {};
    return { type: 'put', key, value: Buffer.from(text), ...ttlMs, ...ifVersion, ...ifAbsent };
  }
}

function one(driver: StoreDriver, write: StoreWrite): ReturnType<StoreDriver['put']> {
  return write.type === 'put' ? driver.put(write, never) : driver.delete(write, never);
}
