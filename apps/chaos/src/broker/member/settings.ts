import { join } from 'node:path';
import { InboxModule, type DynamicModule } from '@skerry/core';
import { LmdbModule } from '@skerry/lmdb';
import { RabbitMqModule } from '@skerry/rabbitmq';
import { queues } from '../tally.js';

export type Engine = 'rabbitmq' | 'inbox';

/** What a process is told when it starts, as JSON. */
export interface MemberSettings {
  readonly engine: Engine;
  /** Where everything is stored. */
  readonly folder: string;
  /** Of RabbitMQ. */
  readonly url?: string;
  readonly messages: number;
  /** How long publishing all of them shall take at least, in ms. */
  readonly publishForMs: number;
}

export const topic = 'chaos';
/** Messages that one subscription handles at once, and with that those whose record a kill can cut off. */
export const concurrency = 50;
export const confirmedFile = 'confirmed';

export function readSettings(): MemberSettings {
  // Whoever started this process is gone, and so is whoever would read how it ends.
  process.stdin.once('close', () => process.kill(process.pid, 'SIGKILL')).resume();
  return JSON.parse(process.argv[2]!) as MemberSettings;
}

/** The store of a role alone. */
export function storeModule(
  { folder }: Pick<MemberSettings, 'folder'>,
  role: 'publisher' | 'consumers',
): DynamicModule {
  return LmdbModule.forRoot({ path: join(folder, `${role}.lmdb`) });
}

/** The broker, and a store on disk that all processes of one `role` share. */
export function engineModules(
  { engine, folder, url }: MemberSettings,
  role: 'publisher' | 'consumers',
): DynamicModule[] {
  const store = storeModule({ folder }, role);
  if (engine === 'rabbitmq') return [store, RabbitMqModule.forRoot({ url })];
  const expected = queues.map((queue) => ({ topic, queue }));
  // A publisher that was killed held messages for so long.
  return [store, InboxModule.forRoot({ expected, whenFull: 'block', leaseMs: 2_000 })];
}
