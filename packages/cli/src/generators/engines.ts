/** Something that a building block of an application can stand on. */
export interface Engine {
  readonly package: string;
  readonly module: string;
  /** What the root module imports. */
  readonly call: string;
  /** What it does for the application, in a few words. */
  readonly does: string;
  /** A server that it needs. */
  readonly server?: {
    readonly name: string;
    /** Its lines in a compose file, below its name. */
    readonly compose: readonly string[];
    /** How an application in a container is told of it. */
    readonly env: string;
  };
  /** Something to know. */
  readonly note?: string;
}

const plain = (name: string, module: string, does: string, options = ''): Engine => ({
  package: `@skerry/${name}`,
  module,
  call: `${module}.forRoot(${options})`,
  does,
});

/** By the name by which they are asked for. */
export const engines: Readonly<Record<string, Engine>> = {
  consul: {
    ...plain('consul', 'ConsulModule', 'the registry in Consul'),
    server: {
      name: 'consul',
      compose: [
        'image: hashicorp/consul:1.22',
        'command: agent -dev -client 0.0.0.0',
        'healthcheck: { test: [CMD, consul, info], interval: 2s, retries: 30 }',
      ],
      env: 'CONSUL_HTTP_ADDR=http://consul:8500',
    },
  },
  rabbitmq: {
    ...plain('rabbitmq', 'RabbitMqModule', 'the broker on RabbitMQ'),
    server: {
      name: 'rabbitmq',
      compose: [
        'image: rabbitmq:4',
        'healthcheck: { test: [CMD, rabbitmq-diagnostics, -q, ping], interval: 5s, retries: 30 }',
      ],
      env: 'RABBITMQ_URL=amqp://rabbitmq:5672',
    },
  },
  lmdb: {
    ...plain('lmdb', 'LmdbModule', 'the store in a file', `{ path: 'data/store.lmdb' }`),
    note: 'the store is the file data/store.lmdb of the directory in which the application runs; keep it out of git',
  },
  grpc: plain('grpc', 'GrpcModule', 'gRPC, served and called'),
  websocket: plain('websocket', 'WebSocketModule', 'WebSockets: for browsers, and as a transport'),
  protobuf: plain('protobuf', 'ProtobufModule', 'Protocol Buffers as a codec'),
  msgpack: plain('msgpack', 'MsgpackModule', 'MessagePack as a codec'),
  bson: plain('bson', 'BsonModule', 'BSON as a codec'),
};
