import { join } from 'node:path';
import { declaredInterface } from './declared-interface.mjs';

/**
 * @typedef {object} Chapter
 * @property {string} title
 * @property {string} where Where these are written, as code.
 * @property {string} file Below `packages/`.
 * @property {string} name Of the interface.
 */

/** @type {readonly { part: string, chapters: readonly Chapter[] }[]} */
export const parts = [
  {
    part: 'An application',
    chapters: [
      {
        title: 'Application',
        where: 'Skerry.run(AppModule, { ... })',
        file: 'core/src/app/options.ts',
        name: 'ApplicationOptions',
      },
      { title: 'Running', where: 'Skerry.run(AppModule, { ... })', file: 'core/src/app/skerry.ts', name: 'RunOptions' },
      {
        title: 'Registration',
        where: '{ registry: { ... } }',
        file: 'core/src/registry/registry-options.ts',
        name: 'RegistryOptions',
      },
      {
        title: 'Health',
        where: '{ health: { ... } }',
        file: 'core/src/debug/health-options.ts',
        name: 'HealthOptions',
      },
      { title: 'HTTP', where: '{ http: { ... } }', file: 'core/src/http/http-options.ts', name: 'HttpOptions' },
      {
        title: 'CORS',
        where: '{ http: { cors: { ... } } }',
        file: 'core/src/http/http-options.ts',
        name: 'CorsOptions',
      },
      { title: 'TLS', where: '{ tls: { ... } }', file: 'core/src/transport/tls/tls-options.ts', name: 'TlsOptions' },
      { title: 'Keep-alive', where: '{ keepAlive: { ... } }', file: 'core/src/rpc/keep-alive.ts', name: 'KeepAlive' },
      {
        title: 'Retry budget',
        where: '{ retryBudget: { ... } }',
        file: 'core/src/client/retry-budget.ts',
        name: 'RetryBudgetOptions',
      },
    ],
  },
  {
    part: 'Decorators',
    chapters: [
      {
        title: 'Service',
        where: "@Service('greeter', { ... })",
        file: 'core/src/service/service.ts',
        name: 'ServiceOptions',
      },
      { title: 'Handler', where: '@Handler({ ... })', file: 'core/src/service/handler.ts', name: 'HandlerOptions' },
      {
        title: 'Subscription',
        where: "@Subscribe('greeted', { ... })",
        file: 'core/src/service/subscribe.ts',
        name: 'SubscribeOptions',
      },
      {
        title: 'Backoff',
        where: '{ backoff: { ... } } of a subscription',
        file: 'core/src/broker/retry-policy.ts',
        name: 'BackoffOptions',
      },
      {
        title: 'Health check',
        where: '@HealthCheck({ ... })',
        file: 'core/src/debug/health-check.ts',
        name: 'HealthCheckOptions',
      },
      { title: 'Field', where: '@Field(1, { ... })', file: 'core/src/schema/field.ts', name: 'FieldOptions' },
      {
        title: 'Injectable',
        where: '@Injectable({ ... })',
        file: 'core/src/container/injectable.ts',
        name: 'InjectableOptions',
      },
      { title: 'Module', where: '@Module({ ... })', file: 'core/src/module/module.ts', name: 'ModuleMetadata' },
    ],
  },
  {
    part: 'Calls, messages and values',
    chapters: [
      {
        title: 'Client',
        where: "@InjectClient('greeter', { ... })",
        file: 'core/src/client/clients.ts',
        name: 'ClientOptions',
      },
      {
        title: 'Call',
        where: 'greeter.hello(request, { ... })',
        file: 'core/src/client/client.ts',
        name: 'CallOptions',
      },
      {
        title: 'Selection',
        where: 'what a client chooses a node by',
        file: 'core/src/selector/selector.ts',
        name: 'SelectorOptions',
      },
      {
        title: 'Topic',
        where: "new Topic('greeted', { ... })",
        file: 'core/src/broker/topic.ts',
        name: 'TopicOptions',
      },
      {
        title: 'Publish: the message',
        where: 'broker.publish(topic, message, { ... })',
        file: 'core/src/broker/publish-options.ts',
        name: 'MessageOptions',
      },
      {
        title: 'Publish: the call',
        where: 'broker.publish(topic, message, { ... })',
        file: 'core/src/broker/publish-options.ts',
        name: 'PublishCallOptions',
      },
      {
        title: 'Inbox',
        where: 'InboxModule.forRoot({ ... })',
        file: 'core/src/inbox/inbox-options.ts',
        name: 'InboxOptions',
      },
      {
        title: 'Store',
        where: "@InjectStore('orders', { ... })",
        file: 'core/src/store/store-options.ts',
        name: 'StoreOptions',
      },
      {
        title: 'Store: put',
        where: 'store.put(key, value, { ... })',
        file: 'core/src/store/entry.ts',
        name: 'StorePutOptions',
      },
      {
        title: 'Store: delete',
        where: 'store.delete(key, { ... })',
        file: 'core/src/store/entry.ts',
        name: 'StoreDeleteOptions',
      },
      { title: 'Store: list', where: 'store.list({ ... })', file: 'core/src/store/entry.ts', name: 'StoreListOptions' },
    ],
  },
  {
    part: 'Engines',
    chapters: [
      {
        title: 'Consul',
        where: 'ConsulModule.forRoot({ ... })',
        file: 'consul/src/consul-options.ts',
        name: 'ConsulOptions',
      },
      {
        title: 'RabbitMQ',
        where: 'RabbitMqModule.forRoot({ ... })',
        file: 'rabbitmq/src/rabbitmq-options.ts',
        name: 'RabbitMqOptions',
      },
      { title: 'LMDB', where: 'LmdbModule.forRoot({ ... })', file: 'lmdb/src/lmdb-options.ts', name: 'LmdbOptions' },
      { title: 'gRPC', where: 'GrpcModule.forRoot({ ... })', file: 'grpc/src/grpc-options.ts', name: 'GrpcOptions' },
      {
        title: 'gRPC: the server',
        where: '{ server: { ... } }',
        file: 'grpc/src/grpc-options.ts',
        name: 'GrpcServerOptions',
      },
      {
        title: 'gRPC: the client',
        where: '{ client: { ... } }',
        file: 'grpc/src/grpc-options.ts',
        name: 'GrpcClientOptions',
      },
      {
        title: 'WebSocket',
        where: 'WebSocketModule.forRoot({ ... })',
        file: 'websocket/src/websocket-options.ts',
        name: 'WebSocketOptions',
      },
      {
        title: 'WebSocket: the page',
        where: 'connect(url, { ... })',
        file: 'websocket/src/browser/connect.ts',
        name: 'PageOptions',
      },
      {
        title: 'Protocol Buffers',
        where: 'ProtobufModule.forRoot({ ... })',
        file: 'protobuf/src/protobuf-module.ts',
        name: 'ProtobufOptions',
      },
      {
        title: 'MessagePack',
        where: 'MsgpackModule.forRoot({ ... })',
        file: 'msgpack/src/msgpack-module.ts',
        name: 'MsgpackOptions',
      },
      { title: 'BSON', where: 'BsonModule.forRoot({ ... })', file: 'bson/src/bson-module.ts', name: 'BsonOptions' },
    ],
  },
  {
    part: 'Tests',
    chapters: [
      {
        title: 'TestApp',
        where: 'TestApp.create(AppModule, { ... })',
        file: 'testing/src/test-app.ts',
        name: 'TestAppOptions',
      },
    ],
  },
];

/**
 * The reference of options as Markdown: what the sources say of them.
 *
 * @param {string} root Of the repository.
 */
export function optionsPage(root) {
  const sections = parts.flatMap(({ part, chapters }) => [
    `## ${part}`,
    ...chapters.map((each) => chapter(root, each)),
  ]);
  return [intro, ...sections].join('\n\n') + '\n';
}

const intro = `# Options

Made of the comments in the sources, which an editor shows as well: \`UPDATE_REFERENCE=1 npm test -- reference\` writes it anew. What
has no \`?\` must be given. Wrong values are refused when the application is created, with what is allowed.`;

/** @param {string} root @param {Chapter} chapter */
function chapter(root, { title, where, file, name }) {
  const { text, parents, members } = declaredInterface(join(root, 'packages', file), name);
  const also = parents.length > 0 ? `Also everything of ${parents.map((each) => `\`${each}\``).join(', ')}.` : '';
  const rows = members.map(
    (each) => `| \`${each.name}${each.optional ? '?' : ''}\` | ${cell(`\`${each.type}\``)} | ${cell(each.text)} |`,
  );
  const table = rows.length > 0 ? ['| option | type | |\n| --- | --- | --- |', ...rows].join('\n') : '';
  return [`### ${title}`, `\`${where}\`, \`${name}\``, [text, also].filter(Boolean).join(' '), table]
    .filter(Boolean)
    .join('\n\n');
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|');
}
