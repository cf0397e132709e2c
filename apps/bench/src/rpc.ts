import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contenders } from './rpc/contenders.js';
import type { Order, Result } from './rpc/worker.js';

/**
 * What a call costs: client and server in processes of their own, echo of a small order, after warm-up, in interleaved rounds.
 * Absolute numbers differ from machine to machine and from minute to minute; the ratios of one run, and the CPU time, do not.
 */

const quick = process.argv.includes('--quick');
const rounds = quick ? 5 : 15;
const calls = quick ? 20_000 : 50_000;
const worker = fileURLToPath(new URL('./rpc/worker.js', import.meta.url));
const registry = mkdtempSync(join(tmpdir(), 'skerry-bench-'));

interface Pair {
  readonly server: ChildProcess;
  readonly client: ChildProcess;
  readonly callsPerSecond: number[];
  readonly cpuSeconds: number[];
  readonly alone: number[];
}

async function start(name: string, side: string, where = ''): Promise<{ child: ChildProcess; said: string }> {
  // Each contender has a registry of its own, so that two of them do not serve each other's calls.
  const env = { ...process.env, SKERRY_LOCAL_REGISTRY_DIR: join(registry, name.replace(/\W+/g, '-')) };
  const child = fork(worker, [name, side, where], { env });
  const [said] = (await once(child, 'message')) as [string];
  return { child, said };
}

async function ask(child: ChildProcess, order: Order): Promise<Result> {
  const answer = once(child, 'message');
  child.send(order);
  const [result] = (await answer) as [Result];
  return result;
}

async function measure({ client, server, ...pair }: Pair): Promise<void> {
  const before = [await ask(client, { do: 'cpu' }), await ask(server, { do: 'cpu' })];
  const { tookMs } = await ask(client, { do: 'run', calls, inFlight: 64 });
  const after = [await ask(client, { do: 'cpu' }), await ask(server, { do: 'cpu' })];
  const spent = after.reduce((sum, { cpuSeconds }, side) => sum + cpuSeconds - before[side]!.cpuSeconds, 0);
  pair.callsPerSecond.push((calls / tookMs!) * 1_000);
  pair.cpuSeconds.push((spent / calls) * 100_000);
  const { medianMs } = await ask(client, { do: 'run', calls: calls / 20, inFlight: 1 });
  pair.alone.push(medianMs! * 1_000);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const pairs = new Map<string, Pair>();
try {
  for (const name of Object.keys(contenders)) {
    const { child: server, said } = await start(name, 'server');
    const { child: client } = await start(name, 'client', said);
    pairs.set(name, { server, client, callsPerSecond: [], cpuSeconds: [], alone: [] });
    await ask(client, { do: 'run', calls, inFlight: 64 });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const pair of pairs.values()) await measure(pair);
    if (process.stderr.isTTY) process.stderr.write(`\rround ${round} of ${rounds}`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');

  const [first] = [...pairs.values()];
  const columns = ['64 in flight', 'share', 'CPU s / 100k (best)', 'p50 alone', 'of raw'];
  process.stdout.write(
    `a call, client and server in two processes; median of ${rounds} interleaved rounds of ${calls} calls\n\n`,
  );
  process.stdout.write(`${' '.repeat(22)}${columns.map((column) => column.padStart(21)).join('')}\n`);
  for (const [name, { callsPerSecond, cpuSeconds, alone }] of pairs) {
    const cells = [
      `${Math.round(median(callsPerSecond))} calls/s`,
      (median(callsPerSecond) / median(first!.callsPerSecond)).toFixed(3),
      Math.min(...cpuSeconds).toFixed(2),
      `${median(alone).toFixed(0)} us`,
      (median(alone) / median(first!.alone)).toFixed(2),
    ];
    process.stdout.write(`${name.padEnd(22)}${cells.map((cell) => cell.padStart(21)).join('')}\n`);
  }
} finally {
  const children = [...pairs.values()].flatMap(({ client, server }) => [client, server]);
  const gone = children.map((child) => once(child, 'exit'));
  for (const child of children) child.disconnect();
  await Promise.all(gone);
  rmSync(registry, { recursive: true, force: true });
}
