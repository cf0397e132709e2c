import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chance } from './chance.js';
import { causeFaults, type Fault, type FaultTimes } from './faults.js';
import { MemberProcess } from './member-process.js';
import type { Vitals } from './member/vitals.js';

export interface SoakOptions {
  readonly durationMs: number;
  readonly seed: number;
  /** Where the compiled members are. */
  readonly members: URL;
  /** Default 1,000. */
  readonly callsPerSecond?: number;
  /** Default 5,000. */
  readonly sampleEveryMs?: number;
  /** Default: every 6 to 14 s, frozen for 3 s. */
  readonly faults?: FaultTimes;
  /** Told of each sample, and of the faults since the one before. */
  readonly sampled?: (sample: Sample, faults: readonly string[]) => void;
  /** Ends it early, in order. */
  readonly signal?: AbortSignal;
}

/** All processes at one moment. One that did not answer is missing. */
export interface Sample {
  readonly atMs: number;
  readonly members: Readonly<Record<string, Vitals | undefined>>;
}

/** What was seen. */
export interface Observations {
  readonly seed: number;
  readonly lastedMs: number;
  /** Of the processes, the client first; the last one lived as long as the client. */
  readonly names: readonly string[];
  readonly samples: readonly Sample[];
  readonly faults: Readonly<Record<Fault, number>>;
  /** Processes that ended without being asked to. */
  readonly crashes: readonly string[];
}

/** Runs a client and three servers under load and faults, and watches them. */
export async function soak(options: SoakOptions): Promise<Observations> {
  const { durationMs, seed, members, callsPerSecond = 1_000, sampleEveryMs = 5_000, sampled, signal } = options;
  const registry = mkdtempSync(join(tmpdir(), 'skerry-soak-'));
  const chance = new Chance(seed);
  const crashes: string[] = [];
  const samples: Sample[] = [];
  const faults: Record<Fault, number> = { kill: 0, terminate: 0, freeze: 0 };
  let recent: string[] = [];

  const common = { env: { SKERRY_LOCAL_REGISTRY_DIR: registry }, crashed: (what: string) => void crashes.push(what) };
  const member = (name: string, script: string, ...args: string[]): MemberProcess =>
    new MemberProcess({ ...common, name, script: new URL(script, members).pathname, args });
  const servers = [1, 2, 3].map((number) => member(`server ${number}`, 'server.js'));
  const client = member('client', 'client.js', String(seed), String(callsPerSecond));
  const all = [client, ...servers];

  const over = new AbortController();
  const stop = (): void => over.abort();
  signal?.addEventListener('abort', stop, { once: true });
  let startedAt = performance.now();
  const sample = async (): Promise<void> => {
    const atMs = performance.now() - startedAt;
    const vitals = await Promise.all(all.map(async (each) => [each.name, await each.sample()] as const));
    samples.push({ atMs, members: Object.fromEntries(vitals) });
    sampled?.(samples.at(-1)!, recent);
    recent = [];
  };
  try {
    await Promise.all(servers.map((each) => each.start()));
    await client.start();
    startedAt = performance.now();
    const times = options.faults ?? { everyMs: [6_000, 14_000], frozenMs: 3_000 };
    const causing = causeFaults(servers, chance, times, over.signal, (fault, { name }) => {
      faults[fault]++;
      recent.push(`${fault} ${name}`);
    }).catch((error: unknown) => void crashes.push(String(error)));
    for (let next = sampleEveryMs; next <= durationMs && !over.signal.aborted; next += sampleEveryMs) {
      await sleep(Math.max(0, startedAt + next - performance.now()), undefined, { signal: over.signal }).catch(
        () => undefined,
      );
      await sample();
    }
    over.abort();
    await causing;
  } finally {
    signal?.removeEventListener('abort', stop);
    // Frozen ones hear this as well.
    await Promise.all(all.map((each) => each.end('SIGKILL')));
    rmSync(registry, { recursive: true, force: true });
  }
  const names = all.map(({ name }) => name);
  return { seed, lastedMs: performance.now() - startedAt, names, samples, faults, crashes };
}
