// What other services see of this one: types. Its code stays here.
export type { Orders } from './orders.service.js';
