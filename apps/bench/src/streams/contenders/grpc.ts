import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import { message, type Contender, type Message, type Received } from '../../pairs/contender.js';
import { connectGrpc, serveGrpc } from '../../peers/grpc-echo.js';

export const contender: Contender = {
  serve: () =>
    serveGrpc({
      items: (call: ServerWritableStream<{ items: number }, Message>) => void send(call, call.request.items),
      converse: (call: ServerDuplexStream<Message, Message>) => call.pipe(call as unknown as NodeJS.WritableStream),
    }),
  async connect(where) {
    const client = connectGrpc(where);
    return {
      serverStream: (items) => received(client.items({ items })),
      bidirectional(items) {
        const call = client.converse();
        void send(call, items);
        return received(call);
      },
    };
  },
};

async function send(call: Writable, items: number): Promise<void> {
  for (let sent = 0; sent < items; sent++) {
    if (!call.write(message)) await once(call, 'drain');
  }
  call.end();
}

function received(call: NodeJS.ReadableStream): Promise<Received> {
  return new Promise((resolve, reject) => {
    let items = 0;
    let last: unknown;
    call.on('data', (item: unknown) => {
      items++;
      last = item;
    });
    call.on('end', () => resolve({ items, last }));
    call.on('error', reject);
  });
}
