import {
  ConsistentHashStrategy,
  LeastConnectionsStrategy,
  P2cEwmaStrategy,
  RandomStrategy,
  RoundRobinStrategy,
  Selector,
  SystemClock,
  WeightedStrategy,
  type Clock,
  type NodeRecord,
  type SelectionStrategy,
} from '@skerry/core';
import { obey } from '../pairs/obey.js';
import type { StrategyName } from './strategies.js';

/** One strategy in a process of its own, so that what the engine learned of another does not slow it down. */
export interface SelectionOrder {
  readonly do: 'select';
  readonly nodes: number;
  readonly forMs: number;
}

const strategies: Readonly<Record<StrategyName, new (clock: Clock) => SelectionStrategy>> = {
  'P2C and EWMA (default)': P2cEwmaStrategy,
  random: RandomStrategy,
  'round robin': RoundRobinStrategy,
  weighted: WeightedStrategy,
  'least connections': LeastConnectionsStrategy,
  'consistent hash': ConsistentHashStrategy,
};

const name = process.argv[2] as StrategyName;
const untried: ReadonlySet<string> = new Set();
const keys = Array.from({ length: 1_024 }, (_, index) => `customer-${index}`);
const known = new Map<number, readonly NodeRecord[]>();
let selector: Selector;

await obey(async () => {
  const clock = new SystemClock();
  selector = new Selector(new strategies[name](clock), clock);
}, carryOut);

/** Gives what one choice and its end cost, in ns. */
async function carryOut({ nodes, forMs }: SelectionOrder): Promise<number> {
  let records = known.get(nodes);
  if (!records) known.set(nodes, (records = recordsOf(nodes)));
  const startedAt = performance.now();
  let count = 0;
  let tookMs = 0;
  while (tookMs < forMs) {
    for (const key of keys) selector.pick('echo', records, { tried: untried, key }).done('success');
    count += keys.length;
    tookMs = performance.now() - startedAt;
  }
  return (tookMs / count) * 1e6;
}

/** As the registry gives them: frozen, sorted by id. */
function recordsOf(count: number): readonly NodeRecord[] {
  const records = Array.from({ length: count }, (_, index) =>
    Object.freeze<NodeRecord>({
      service: 'echo',
      id: `echo-${String(index).padStart(5, '0')}`,
      version: '1.0.0',
      addresses: { skerry: `tcp://127.0.0.1:${10_000 + index}` },
      weight: 100,
      metadata: {},
      endpoints: [],
      ttlMs: 15_000,
      epoch: 1,
    }),
  );
  return Object.freeze(records);
}
