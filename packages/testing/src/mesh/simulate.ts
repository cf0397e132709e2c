import { SkerryError } from '@skerry/core';
import { TestMesh, type TestMeshOptions } from './test-mesh.js';

export interface SimulationOptions extends Omit<TestMeshOptions, 'seed'> {
  /** What is simulated: as a pattern it should find the test, for the line that tells how to replay it. */
  readonly name: string;
  /** How many histories, of the seeds 1, 2, ... Default 100, or `SKERRY_SEEDS`. */
  readonly seeds?: number;
}

/**
 * Runs a scenario once for each seed, each time in a new mesh, and stops at the first that fails, with `SKERRY_TEST_SIMULATION_FAILED`:
 * its message has what failed, the end of the history, and how to replay it. `SKERRY_SEED` replays that one only. The first seed is run
 * twice: `SKERRY_TEST_NOT_REPEATABLE` where the second history is not the same.
 *
 *     test('no order is lost', () => simulate({ name: 'no order is lost', seeds: 200, faults: 'chaos' }, async (mesh) => { ... }));
 */
export async function simulate(
  options: SimulationOptions,
  scenario: (mesh: TestMesh) => Promise<void>,
): Promise<SimulationResult> {
  const { name } = options;
  const chosen = given('SKERRY_SEED', 0);
  const seeds = given('SKERRY_SEEDS', 1) ?? options.seeds ?? 100;
  const [first, last] = chosen === undefined ? [1, seeds] : [chosen, chosen];
  let virtualMs = 0;
  for (let seed = first; seed <= last; seed++) {
    const run = await once(seed, options, scenario);
    virtualMs += run.ms;
    if (seed !== first) continue;
    const again = await once(seed, options, scenario);
    if (again.digest !== run.digest) throw notRepeatable(name, seed, run.lines, again.lines);
  }
  return { seeds: last - first + 1, virtualMs };
}

/** Of a simulation in which nothing failed. */
export interface SimulationResult {
  readonly seeds: number;
  /** How much time has passed in all of them together. */
  readonly virtualMs: number;
}

async function once(
  seed: number,
  options: SimulationOptions,
  scenario: (mesh: TestMesh) => Promise<void>,
): Promise<{ readonly ms: number; readonly digest: string; readonly lines: readonly string[] }> {
  const mesh = await TestMesh.create({ ...options, seed });
  try {
    await scenario(mesh);
    const lines = mesh.history.events.map(({ atMs, node, what }) => `${atMs.toFixed(3)} ms  ${node}  ${what}`);
    return { ms: mesh.nowMs, digest: mesh.history.digest(), lines };
  } catch (cause) {
    throw failed(options.name, mesh, cause);
  } finally {
    await mesh.close();
  }
}

function failed(name: string, mesh: TestMesh, cause: unknown): SkerryError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SkerryError(
    'SKERRY_TEST_SIMULATION_FAILED',
    `${name} fails with seed ${mesh.seed}, after ${(mesh.nowMs / 1_000).toFixed(1)} s: ${why}\n\n` +
      `${mesh.history.tail()}\n\nreplay with SKERRY_SEED=${mesh.seed} npm test -- -t ${JSON.stringify(name)}`,
    { cause, details: { seed: mesh.seed, digest: mesh.history.digest() } },
  );
}

function notRepeatable(name: string, seed: number, ones: readonly string[], others: readonly string[]): SkerryError {
  const at = ones.findIndex((line, index) => line !== others[index]);
  const differ =
    at < 0
      ? 'the events are the same, and what was sent differs'
      : `they part at\n  ${ones[at] ?? 'the end'}\n  ${others[at] ?? 'the end'}`;
  return new SkerryError(
    'SKERRY_TEST_NOT_REPEATABLE',
    `${name} has two histories with seed ${seed}: ${differ}\n` +
      'Something asks the machine for time, chance, files or sockets, or keeps what the first run left.',
    { details: { seed } },
  );
}

function given(variable: string, least: number): number | undefined {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value < 2 ** 32) return value;
  throw new SkerryError(
    'SKERRY_OPTION_INVALID',
    `${variable} is "${text}"; give a whole number from ${least} to 2^32 - 1`,
  );
}
