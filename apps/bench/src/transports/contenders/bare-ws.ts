import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { message, type Contender } from '../../pairs/contender.js';

/** One text for each message, answers in the order of the calls: no more than JSON and the library. */
export const contender: Contender = {
  async serve() {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => socket.send(JSON.stringify(JSON.parse(data.toString()))));
    });
    await once(server, 'listening');
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  async connect(where) {
    const socket = new WebSocket(where, { perMessageDeflate: false });
    await once(socket, 'open');
    const waiting: ((value: unknown) => void)[] = [];
    socket.on('message', (data: Buffer) => waiting.shift()!(JSON.parse(data.toString())));
    return {
      call: () =>
        new Promise((answer) => {
          waiting.push(answer);
          socket.send(JSON.stringify(message));
        }),
    };
  },
};
