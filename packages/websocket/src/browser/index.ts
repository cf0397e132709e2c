// For pages: imports nothing but types.
export { CallError, type WrongField } from './call-error.js';
export { connect, type PageConnections, type PageOptions } from './connect.js';
export type { ConnectionState } from './dialer.js';
export type { PageCallOptions, PageClient } from './page-client.js';
export type { PageClock } from './page-clock.js';
