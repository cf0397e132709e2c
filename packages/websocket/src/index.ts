export { WebSocketTransport } from './transport/websocket-transport.js';
