import type { EngineRecipe } from './engine-recipe.js';
import { findProgram } from './find-program.js';
import { freePorts } from './free-ports.js';
import { greets } from './greets.js';

export const nats: EngineRecipe = {
  title: 'NATS',
  variables: ['NATS_URL'],
  usualUrl: 'nats://127.0.0.1:4222',
  // The server speaks first.
  answers: (url) => greets(url, 4222, undefined, (said) => said.startsWith('INFO {')),
  find: (path) => findProgram('nats-server', path),
  programName: 'nats-server',
  launch: async (program, folder) => {
    const [port] = await freePorts(1);
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder];
    return { url: `nats://127.0.0.1:${port}`, launches: [{ command: program, args }] };
  },
  withinMs: 15_000,
  compose: { service: 'nats', text: "{ image: nats:2, command: -js, ports: ['127.0.0.1:4222:4222'] }" },
  install: 'apt-get install --no-install-recommends nats-server',
};
