import { constants } from 'node:fs';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { debianPackage } from './debian-package.js';
import { eventually } from './eventually.js';
import { freePorts } from './free-port.js';
import { processStarter, type StartProcess } from './process-starter.js';
import type { RunningProcess } from './running-process.js';

export interface ConsulAgentOptions {
  /** Keeps its data when it is started again, as a server does; otherwise it forgets them (`-dev`). Default `false`. */
  readonly persistent?: boolean;
  /** Added to its configuration, in HCL. */
  readonly hcl?: string;
}

/** Gives an agent that runs. */
export type StartConsul = (options?: ConsulAgentOptions) => Promise<ConsulAgent>;

/**
 * The path of a Consul: one in `PATH`, else the one of Debian 11, downloaded. Where it cannot be had it is `undefined`, having
 * said why, so that tests can be left out; with `CI=true` it is an error.
 */
export async function findConsul(): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'consul');
    if (
      folder !== '' &&
      (await access(path, constants.X_OK).then(
        () => true,
        () => false,
      ))
    )
      return path;
  }
  try {
    return join(await debianPackage('consul', 'bullseye'), 'usr/bin/consul');
  } catch (cause) {
    const why = `there is no Consul to test with: ${(cause as Error).message.split('\n')[0]}`;
    if (process.env['CI'] === 'true') throw new Error(why, { cause });
    // Not by the console, which Jest shows for tests that run.
    process.stderr.write(`${why}; its tests are skipped. Put a consul into PATH to run them.\n`);
    return undefined;
  }
}

/**
 * Gives a function that starts agents on free loopback ports, and has the runner's hook end them with all that they stored.
 *
 * @param hook   `afterEach` of the test runner, or `afterAll` for agents that several tests share.
 * @param binary What {@link findConsul} found.
 */
export function consulStarter(hook: (end: () => Promise<void>) => void, binary = 'consul'): StartConsul {
  const folders: string[] = [];
  let endProcesses = (): Promise<void> => Promise.resolve();
  const startProcess = processStarter((end) => (endProcesses = end));
  hook(async () => {
    await endProcesses();
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
  return async ({ persistent = false, hcl = '' } = {}) => {
    const folder = await mkdtemp(join(tmpdir(), 'skerry-consul-'));
    folders.push(folder);
    const [http, https, server, lan, wan] = await freePorts(5);
    const ports = `ports { http = ${http} https = ${https} server = ${server} serf_lan = ${lan} serf_wan = ${wan} dns = -1 grpc = -1 }`;
    // As many connections as tests like, and elections that take a second.
    const limits = 'limits { http_max_conns_per_client = 5000 } performance { raft_multiplier = 1 }';
    const mode = persistent ? ['-server', '-bootstrap-expect', '1', '-data-dir', folder] : ['-dev'];
    const loopback = ['-bind', '127.0.0.1', '-client', '127.0.0.1', '-node', 'agent', '-log-level', 'warn'];
    const configuration = [ports, limits, hcl].flatMap((each) => ['-hcl', each]);
    const args = ['agent', ...mode, ...loopback, ...configuration];
    const agent = new ConsulAgent(() => startProcess(binary, args), http!, https!, folder);
    await agent.start();
    return agent;
  };
}

/** The address of an agent that tests may share, as long as they hurt nobody: the machine's own where it runs one. */
export async function sharedConsul(start: StartConsul): Promise<string> {
  const usual = 'http://127.0.0.1:8500';
  return (await hasLeader(usual)) ? usual : (await start()).url;
}

/** An agent of Consul, with a cluster of its own, that can be hurt. */
export class ConsulAgent {
  readonly url: string;
  /** Answers when the configuration has certificates. */
  readonly tlsUrl: string;
  private process?: RunningProcess;

  constructor(
    private readonly startProcess: () => ReturnType<StartProcess>,
    http: number,
    https: number,
    private readonly folder: string,
  ) {
    this.url = `http://127.0.0.1:${http}`;
    this.tlsUrl = `https://127.0.0.1:${https}`;
  }

  /** On the same ports again. Resolves when it has a leader, so that it takes registrations. */
  async start(): Promise<void> {
    this.process = await this.startProcess();
    const { exited } = this.process;
    let over = '';
    void exited.then(({ code, signal }) => (over = `Consul ended (${signal ?? `exit code ${code}`})`));
    await eventually(
      async () => {
        // Not tried again: it fails the wait as it is.
        if (over) return true;
        return hasLeader(this.url);
      },
      { withinMs: 30_000 },
    );
    if (over) throw new Error(`${over}: ${this.process.output}`);
  }

  /** Ends it as a power failure would. */
  async kill(): Promise<void> {
    await this.process?.end();
  }

  /** Forgets what a persistent one stored, while it does not run. */
  async wipe(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async restart(keepData: boolean): Promise<void> {
    await this.kill();
    if (!keepData) await this.wipe();
    await this.start();
  }

  /** Answers nobody, and keeps its connections, until it thaws. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }
}

async function hasLeader(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/status/leader`, { signal: AbortSignal.timeout(1_000) });
    return response.ok && /:\d+/.test(await response.text());
  } catch {
    return false;
  }
}
