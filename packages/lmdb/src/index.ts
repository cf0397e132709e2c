export { LmdbModule, LMDB_OPTIONS } from './lmdb-module.js';
export type { LmdbOptions } from './lmdb-options.js';
export { LmdbStoreDriver } from './store/lmdb-store.js';
