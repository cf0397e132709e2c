import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConsulModule } from '@skerry/consul';
import { InboxModule, type DynamicModule } from '@skerry/core';
import { LmdbModule } from '@skerry/lmdb';
import { RabbitMqModule } from '@skerry/rabbitmq';
import { profileOf } from './profile.js';

export { profileOf, type Profile } from './profile.js';

/** Where the services keep what they know: `SHOP_DATA`, or `apps/shop/data`. */
export function dataFolder(): string {
  return process.env['SHOP_DATA'] || fileURLToPath(new URL('../../../data', import.meta.url));
}

// #region engines
/** How a service finds the others; without any of these through files of this machine. */
export function registry(): DynamicModule[] {
  return profileOf() === 'production' ? [ConsulModule.forRoot()] : [];
}

/** What a service runs on. Nothing else of it knows the difference. */
export function engines(service: string): DynamicModule[] {
  const broker =
    profileOf() === 'production'
      ? RabbitMqModule.forRoot()
      : // Orders by key, as each service is one process; and what one that was killed was sending is free soon.
        InboxModule.forRoot({ onePublisherPerKey: true, leaseMs: 5_000, resyncMs: 5_000 });
  return [...registry(), broker, LmdbModule.forRoot({ path: join(dataFolder(), `${service}.lmdb`) })];
}
// #endregion engines
