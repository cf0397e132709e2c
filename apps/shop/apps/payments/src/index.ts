// What other services see of this one: types. Its code stays here.
export type { Payments } from './payments.service.js';
