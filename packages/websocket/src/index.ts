export { WebSocketTransport } from './transport/websocket-transport.js';
export { WebSocketUpgrade } from './upgrade/websocket-upgrade.js';
export { WebSocketModule, WEBSOCKET_OPTIONS } from './websocket-module.js';
export type { WebSocketOptions } from './websocket-options.js';
