export { WebSocketTransport } from './transport/websocket-transport.js';
export type { WebSocketTls } from './transport/websocket-tls.js';
