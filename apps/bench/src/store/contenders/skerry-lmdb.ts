import { join } from 'node:path';
import { LmdbModule } from '@skerry/lmdb';
import { skerryStore } from '../../peers/skerry-store.js';

/** A write is acknowledged when it is on the disk; a read sees what other processes wrote; changes are noted for who watches. */
export const contender = skerryStore((folder) => [LmdbModule.forRoot({ path: join(folder, 'store.lmdb') })]);
