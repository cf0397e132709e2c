import { join } from 'node:path';
import { LmdbModule } from '@skerry/lmdb';
import { skerryInbox } from '../../peers/skerry-inbox.js';

/** What waits is on the disk of the publisher, before it is confirmed. */
export const contender = skerryInbox(({ folder }, side) => [
  LmdbModule.forRoot({ path: join(folder, side, 'store.lmdb') }),
]);
