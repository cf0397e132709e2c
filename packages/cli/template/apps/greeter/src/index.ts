// What other services see of this one: types. Its code stays here.
export type { Greeter } from './greeter.service.js';
