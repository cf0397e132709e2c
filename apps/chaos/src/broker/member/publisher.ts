import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Broker, Module, Skerry } from '@skerry/core';
import { confirmedFile, engineModules, readSettings, topic } from './settings.js';

const settings = readSettings();
const { messages, publishForMs, folder } = settings;
const tickMs = 50;
const atOnceAtMost = 500;
const pauseMs = 200;

@Module({ imports: engineModules(settings, 'publisher') })
class PublisherModule {}

/** Publishes what was not confirmed to anyone under its name before; a failure is tried again with the same id. */
const app = await Skerry.run(PublisherModule, { logLevel: 'silent' });
const broker = app.get(Broker);

async function publish(message: number): Promise<void> {
  const messageId = `m-${message}`;
  for (;;) {
    writeSync(1, `published ${messageId}\n`);
    try {
      await broker.publish(topic, { message }, { messageId });
      writeSync(1, `confirmed ${messageId}\n`);
      return;
    } catch {
      await sleep(pauseMs);
    }
  }
}

const confirmed = new Uint8Array(messages);
for (const id of readFileSync(join(folder, confirmedFile), 'utf8').split('\n')) {
  if (id !== '') confirmed[Number(id.slice('m-'.length))] = 1;
}
writeSync(1, 'ready\n');

const perTick = Math.max(1, Math.ceil((messages * tickMs) / publishForMs));
const running = new Set<Promise<void>>();
let inTick = 0;
for (let message = 0; message < messages; message++) {
  if (confirmed[message] === 1) continue;
  while (running.size >= atOnceAtMost) await Promise.race(running);
  const one: Promise<void> = publish(message).finally(() => running.delete(one));
  running.add(one);
  if (++inTick < perTick) continue;
  inTick = 0;
  await sleep(tickMs);
}
