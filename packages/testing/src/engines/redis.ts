import type { EngineRecipe } from './engine-recipe.js';
import { findProgram } from './find-program.js';
import { freePorts } from './free-ports.js';
import { greets } from './greets.js';

export const redis: EngineRecipe = {
  title: 'Redis',
  variables: ['REDIS_URL'],
  usualUrl: 'redis://127.0.0.1:6379',
  // One that wants a password answers too; who set the address knows it.
  answers: (url) => greets(url, 6379, 'PING\r\n', (said) => /^(\+PONG|-NOAUTH)/.test(said)),
  find: (path) => findProgram('redis-server', path),
  programName: 'redis-server',
  launch: async (program, folder) => {
    const [port] = await freePorts(1);
    const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '', '--appendonly', 'no'];
    return { url: `redis://127.0.0.1:${port}`, launches: [{ command: program, args }] };
  },
  withinMs: 15_000,
  compose: { service: 'redis', text: "{ image: redis:7, ports: ['127.0.0.1:6379:6379'] }" },
  install: 'apt-get install --no-install-recommends redis-server',
};
