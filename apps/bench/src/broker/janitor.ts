import { obey } from '../pairs/obey.js';
import type { Ground } from './contender.js';
import { answers, cleared } from './rabbitmq.js';

/**
 * Deletes what the contenders have made of RabbitMQ, however the benchmark ends: a process of its own, which is told of what
 * there will be before there is any, and notices when its parent is gone.
 */
const [, , url = '', grounds = '[]'] = process.argv;
let done = false;

// From a terminal they go to all processes, and this one has yet to clear.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

await obey(
  () => answers(url),
  clear,
  async () => {
    if (!done) await clear();
  },
);

async function clear(): Promise<void> {
  await cleared(url, JSON.parse(grounds) as Ground[]);
  done = true;
}
