import { execFile } from 'node:child_process';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './eventually.js';
import { freePorts } from './free-port.js';
import { processStarter, type StartProcess } from './process-starter.js';
import type { RunningProcess } from './running-process.js';

const run = promisify(execFile);
const installedIn = '/usr/lib/rabbitmq/lib';
const answerWithinMs = 2_000;

export interface RabbitMqServerOptions {
  /** Given the port of {@link RabbitMqServer.tlsUrl}, more lines of its configuration, such as `listeners.ssl.default = 5671`. */
  readonly configuration?: (tlsPort: number) => string;
}

/** Gives a node that runs. */
export type StartRabbitMq = (options?: RabbitMqServerOptions) => Promise<RabbitMqServer>;

/**
 * The folder of RabbitMQ's own programs, of the newest version that is installed: those in `PATH` only serve the user of the
 * machine's own node. Where there is none it is `undefined`, having said why, so that tests can be left out; with `CI=true` it
 * is an error.
 */
export async function findRabbitMq(): Promise<string | undefined> {
  const versions = await readdir(installedIn).catch(() => []);
  const newest = versions
    .filter((each) => each.startsWith('rabbitmq_server-'))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .at(-1);
  const sbin = join(installedIn, newest ?? 'none', 'sbin');
  if (newest && (await access(join(sbin, 'rabbitmq-server')).then(...wasThere))) return sbin;
  const why = `there is no RabbitMQ to test with: ${installedIn} has none`;
  if (process.env['CI'] === 'true') throw new Error(why);
  console.warn(`${why}; its tests are skipped. Install rabbitmq-server to run them.`);
  return undefined;
}

/**
 * Gives a function that starts nodes on free loopback ports, and has the runner's hook end them with all that they stored.
 *
 * @param hook `afterEach` of the test runner, or `afterAll` for nodes that several tests share.
 * @param sbin What {@link findRabbitMq} found.
 */
export function rabbitMqStarter(hook: (end: () => Promise<void>) => void, sbin = ''): StartRabbitMq {
  const folders: string[] = [];
  let endProcesses = (): Promise<void> => Promise.resolve();
  const startProcess = processStarter((end) => (endProcesses = end));
  hook(async () => {
    await endProcesses();
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
  return async ({ configuration = () => '' } = {}) => {
    const folder = await mkdtemp(join(tmpdir(), 'skerry-rabbitmq-'));
    folders.push(folder);
    const [amqp, amqps, distribution, names] = await freePorts(4);
    const local = `listeners.tcp.local = 127.0.0.1:${amqp}\n`;
    await writeFile(join(folder, 'rabbitmq.conf'), `${local}${configuration(amqps!)}\n`);
    await writeFile(join(folder, 'enabled_plugins'), '[].\n');
    const env = {
      // Its cookie is there, and nobody else's.
      HOME: folder,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(names),
      ERL_FLAGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      RABBITMQ_NODENAME: `skerry-${amqp}@localhost`,
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
    };
    // Erlang would start one that outlives the node.
    await startProcess('epmd', ['-address', '127.0.0.1', '-port', String(names)]);
    const control = (args: readonly string[]): Promise<unknown> =>
      run(join(sbin, 'rabbitmqctl'), [...args], { env: { ...process.env, ...env } });
    const startNode = (): ReturnType<StartProcess> => startProcess(join(sbin, 'rabbitmq-server'), [], { env });
    const server = new RabbitMqServer(startNode, amqp!, amqps!, folder, control);
    await server.start();
    return server;
  };
}

/** The URL of a server that tests may share, as long as they hurt nobody: the machine's own where it runs one. */
export async function sharedRabbitMq(start: StartRabbitMq): Promise<string> {
  return (await answers(5672)) ? 'amqp://guest:guest@127.0.0.1:5672' : (await start()).url;
}

/** A node of RabbitMQ, with a cluster of its own, that can be hurt. */
export class RabbitMqServer {
  readonly url: string;
  /** Answers when the configuration says so. */
  readonly tlsUrl: string;
  private process?: RunningProcess;

  constructor(
    private readonly startProcess: () => ReturnType<StartProcess>,
    private readonly port: number,
    tlsPort: number,
    /** Where it stores everything. */
    readonly folder: string,
    private readonly control: (args: readonly string[]) => Promise<unknown>,
  ) {
    this.url = `amqp://guest:guest@127.0.0.1:${port}`;
    this.tlsUrl = `amqps://guest:guest@127.0.0.1:${tlsPort}`;
  }

  /** With what it had stored, on the same ports. Resolves when it takes connections, after some 5 s. */
  async start(): Promise<void> {
    this.process = await this.startProcess();
    let over = '';
    void this.process.exited.then(({ code, signal }) => (over = `RabbitMQ ended (${signal ?? `exit code ${code}`})`));
    await eventually(async () => over !== '' || answers(this.port), { withinMs: 60_000 });
    if (over) throw new Error(`${over}: ${this.process.output}`);
  }

  /** Ends it as a power failure would, but for what the kernel still writes. */
  async kill(): Promise<void> {
    await this.process?.end();
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Runs `rabbitmqctl`: `ctl('list_queues')`. Rejects when it fails. */
  async ctl(...args: string[]): Promise<void> {
    await this.control(args);
  }

  /** Answers nobody, and keeps its connections, until it thaws. */
  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  /** To all of its group: the process that was started is a shell, the node its child. */
  private signal(name: NodeJS.Signals): void {
    if (this.process) process.kill(-this.process.pid, name);
  }
}

/** Whether something that speaks AMQP 0-9-1 listens: it answers the header with its first frame. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\x09\x01'));
    const end = (answered: boolean) => () => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(answerWithinMs, end(false));
    socket.once('data', (data) => end(data[0] === 1)());
    socket.once('error', end(false));
    socket.once('close', end(false));
  });
}

const wasThere = [() => true, () => false] as const;
