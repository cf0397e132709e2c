import {
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ServiceClientConstructor,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import type { Message } from '../pairs/contender.js';

const method = (requestType: string, streams: { requestStream?: boolean; responseStream?: boolean }) => ({
  requestType,
  responseType: 'Order',
  comment: '',
  ...streams,
});

/** What a .proto file would say, as protobufjs writes it. */
const definition = fromJSON({
  nested: {
    bench: {
      nested: {
        Order: {
          fields: {
            id: { type: 'string', id: 1 },
            customer: { type: 'string', id: 2 },
            sku: { type: 'string', id: 3 },
            quantity: { type: 'int32', id: 4 },
            price: { type: 'double', id: 5 },
          },
        },
        Wish: { fields: { items: { type: 'int32', id: 1 } } },
        Echo: {
          methods: {
            Echo: method('Order', {}),
            Items: method('Wish', { responseStream: true }),
            Converse: method('Order', { requestStream: true, responseStream: true }),
          },
        },
      },
    },
  },
});

const { bench } = loadPackageDefinition(definition) as unknown as { bench: { Echo: ServiceClientConstructor } };

export interface GrpcEcho {
  echo(order: Message, options: { deadline: number }, take: (error: Error | null, answer?: Message) => void): unknown;
  items(wish: { items: number }): ClientReadableStream<Message>;
  converse(): ClientDuplexStream<Message, Message>;
}

/** Gives the address. */
export function serveGrpc(handlers: UntypedServiceImplementation): Promise<string> {
  const server = new Server();
  server.addService(bench.Echo.service, handlers);
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    );
  });
}

export function connectGrpc(where: string): GrpcEcho {
  return new bench.Echo(where, credentials.createInsecure()) as unknown as GrpcEcho;
}
