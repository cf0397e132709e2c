import { isDeepStrictEqual } from 'node:util';
import { drive } from '../pairs/drive.js';
import { obey } from '../pairs/obey.js';
import {
  allKeys,
  batchLength,
  operations,
  orderKey,
  pageLength,
  pagePrefix,
  value,
  type Opened,
  type Operation,
} from './contender.js';
import { contenders } from './contenders.js';

/** One store in a process of its own. */
export interface StoreOrder {
  readonly do: 'run';
  readonly operation: Operation;
  readonly forMs: number;
}

export interface StoreRun {
  readonly perSecond: number;
  readonly cpuSecondsPer100k: number;
}

const [, , name = '', folder = ''] = process.argv;
let store: Opened;
let turn = 0;
const versions = new Map<string, unknown>();
const free: string[] = [];

await obey(async () => {
  store = await (await contenders[name]!()).contender.open(folder);
  for (let from = 0; from < allKeys.length; from += batchLength) {
    await store.batch(allKeys.slice(from, from + batchLength), value);
  }
  await prepareSwaps();
  await check();
}, carryOut);

async function carryOut({ operation, forMs }: StoreOrder): Promise<StoreRun> {
  const { count, tookMs, cpuSeconds } = await drive(() => once(operation), { inFlight: operations[operation], forMs });
  return { perSecond: (count / tookMs) * 1_000, cpuSecondsPer100k: (cpuSeconds / count) * 100_000 };
}

function once(operation: Operation): Promise<unknown> {
  const index = turn++;
  switch (operation) {
    case 'get':
      return store.get(orderKey(index));
    case 'put':
    case 'put, many':
      return store.put(orderKey(index), value);
    case 'put ifVersion, many':
      return swap();
    case 'list':
      return store.list(pagePrefix(index), pageLength);
    case 'batch':
      return store.batch(
        Array.from({ length: batchLength }, (_, each) => orderKey(index * batchLength + each)),
        value,
      );
  }
}

/** An entry for each that runs at once, so that all of them win. */
async function prepareSwaps(): Promise<void> {
  for (let each = 0; each < operations['put ifVersion, many']; each++) {
    const key = `swaps/${each}`;
    await store.put(key, value);
    versions.set(key, await store.version(key));
    free.push(key);
  }
}

async function swap(): Promise<void> {
  const key = free.pop()!;
  versions.set(key, await store.putIfVersion(key, value, versions.get(key)));
  free.push(key);
}

/** Throws unless the store does what it is measured for. */
async function check(): Promise<void> {
  expectEqual(await store.get(orderKey(7)), value, 'a get');
  const page = await store.list(pagePrefix(7), pageLength);
  expectEqual(
    page,
    Array.from({ length: pageLength }, () => value),
    'a list',
  );
  const [key] = free;
  const stale = versions.get(key!);
  versions.set(key!, await store.putIfVersion(key!, value, stale));
  const refused = await store.putIfVersion(key!, value, stale).then(
    () => false,
    () => true,
  );
  expectEqual(refused, true, 'the refusal of an old version');
}

function expectEqual(given: unknown, expected: unknown, what: string): void {
  // Both ways through JSON: it is the content that counts.
  const plain = given === undefined ? undefined : (JSON.parse(JSON.stringify(given)) as unknown);
  if (!isDeepStrictEqual(plain, expected)) throw new Error(`wrong answer: ${what} gave ${JSON.stringify(given)}`);
}
