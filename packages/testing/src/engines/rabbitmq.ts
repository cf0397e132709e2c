import { access, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineRecipe } from './engine-recipe.js';
import { findProgram } from './find-program.js';
import { freePorts } from './free-ports.js';
import { greets } from './greets.js';

// Those in PATH, on Debian, only serve the user of the machine's own node; its own programs are here.
const debian = '/usr/lib/rabbitmq/lib';

export const rabbitMq: EngineRecipe = {
  title: 'RabbitMQ',
  variables: ['RABBITMQ_URL'],
  usualUrl: 'amqp://guest:guest@127.0.0.1:5672',
  // The header of AMQP 0-9-1, which is answered with the first frame of a connection.
  answers: (url) => greets(url, 5672, 'AMQP\0\0\x09\x01', (said) => said.startsWith('\x01')),
  find: async (path) => (await ofDebian()) ?? findProgram('rabbitmq-server', path),
  programName: 'rabbitmq-server',
  launch: async (program, folder) => {
    const [amqp, distribution, names] = await freePorts(3);
    await writeFile(join(folder, 'rabbitmq.conf'), `listeners.tcp.local = 127.0.0.1:${amqp}\n`);
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
    const epmd = { command: 'epmd', args: ['-address', '127.0.0.1', '-port', String(names)] };
    return { url: `amqp://guest:guest@127.0.0.1:${amqp}`, launches: [epmd, { command: program, args: [], env }] };
  },
  withinMs: 60_000,
  compose: { service: 'rabbitmq', text: "{ image: rabbitmq:4, ports: ['127.0.0.1:5672:5672'] }" },
  install: 'apt-get install --no-install-recommends rabbitmq-server',
};

async function ofDebian(): Promise<string | undefined> {
  const versions = (await readdir(debian).catch(() => [])).filter((each) => each.startsWith('rabbitmq_server-'));
  const newest = versions.sort((one, other) => one.localeCompare(other, 'en', { numeric: true })).at(-1);
  if (!newest) return undefined;
  const program = join(debian, newest, 'sbin/rabbitmq-server');
  return access(program).then(
    () => program,
    () => undefined,
  );
}
