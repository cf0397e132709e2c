export { allValues } from './all-values.js';
export { compareAndSet, isConflict } from './conflicts.js';
