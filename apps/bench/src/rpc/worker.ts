import { contenders } from './contenders.js';

/** One side of one contender, in a process of its own. Told what to do by messages of its parent. */
export type Order = { readonly do: 'run'; readonly calls: number; readonly inFlight: number } | { readonly do: 'cpu' };

export interface Result {
  readonly tookMs?: number;
  readonly medianMs?: number;
  /** Of the process since it started, in seconds. */
  readonly cpuSeconds: number;
}

const [, , name = '', side = '', where = ''] = process.argv;
const contender = contenders[name]!;
let call: (() => Promise<unknown>) | undefined;

process.on('message', (order: Order) => {
  void obey(order).then((result) => process.send!(result));
});
process.on('disconnect', () => process.exit());

if (side === 'server') process.send!(await contender.serve());
else {
  call = await contender.connect(where);
  process.send!('connected');
}

async function obey(order: Order): Promise<Result> {
  if (order.do === 'cpu' || !call) return { cpuSeconds: cpuSeconds() };
  const latencies = new Float64Array(order.calls);
  let next = 0;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    while (next < order.calls) {
      const index = next++;
      const begunAt = performance.now();
      await call!();
      latencies[index] = performance.now() - begunAt;
    }
  };
  await Promise.all(Array.from({ length: order.inFlight }, work));
  const tookMs = performance.now() - startedAt;
  return { tookMs, medianMs: latencies.sort()[Math.floor(order.calls / 2)]!, cpuSeconds: cpuSeconds() };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
