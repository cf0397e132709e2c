import { InboxModule, type DynamicModule } from '@skerry/core';
import { topic, type BrokerContender, type Ground } from '../broker/contender.js';
import { skerryMessenger } from './skerry-messenger.js';

/** @param store The module of the store, if any. */
export function skerryInbox(store: (ground: Ground, side: string) => DynamicModule[]): BrokerContender {
  return skerryMessenger((ground, side) => [
    ...store(ground, side),
    // The publisher may start before it has seen its subscriber.
    InboxModule.forRoot({ expected: [{ topic, queue: ground.name }], whenFull: 'block' }),
  ]);
}
