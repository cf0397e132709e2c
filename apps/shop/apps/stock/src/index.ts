// What other services see of this one: types. Its code stays here.
export type { Stock } from './stock.service.js';
