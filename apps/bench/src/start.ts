import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * How long a process takes from its start until it is ready: bare node, node with the libraries that Skerry stands on, and
 * an empty Skerry application. Rounds are interleaved, so that a machine whose speed drifts is the same for all.
 */

const rounds = Number(process.argv[2] ?? 15);
const contenders = ['bare-node', 'libraries', 'empty-app'] as const;
const goal = 1.3;

function timeToReady(name: string): Promise<number> {
  const script = fileURLToPath(new URL(`./start-up/${name}.js`, import.meta.url));
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => {
      const tookMs = performance.now() - startedAt;
      child.once('exit', (code) =>
        code === 0 ? resolve(tookMs) : reject(new Error(`${name} ended with exit code ${code}`)),
      );
    });
    child.once('error', reject);
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

const times = new Map<string, number[]>(contenders.map((name) => [name, []]));
for (const name of contenders) await timeToReady(name);
for (let round = 0; round < rounds; round++) {
  for (const name of contenders) times.get(name)!.push(await timeToReady(name));
  if (process.stderr.isTTY) process.stderr.write(`\rround ${round + 1} of ${rounds}`);
}
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');

process.stdout.write(`start to ready, median of ${rounds} interleaved rounds\n\n`);
for (const name of contenders)
  process.stdout.write(`  ${name.padEnd(12)} ${median(times.get(name)!).toFixed(0).padStart(5)} ms\n`);
const ratio = median(times.get('empty-app')!) / median(times.get('libraries')!);
process.stdout.write(`\n  empty-app / libraries = ${ratio.toFixed(2)} (goal: at most ${goal})\n`);
