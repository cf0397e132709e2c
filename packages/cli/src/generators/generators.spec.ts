import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { generate } from '../commands/generate.js';
import { greeterWorkspace, MemoryTree } from '../fixtures/memory-tree.js';
import { UsageError } from '../usage-error.js';
import { engines } from './engines.js';
import { coreGenerators, type GeneratorName } from './generators.js';
import type { Generator } from './generator.js';
import { SourceFile } from './syntax/source-file.js';
import { StagedTree, type FileChange } from './tree/staged-tree.js';
import { Workspace } from './workspace/workspace.js';

const repository = new URL('../../../../', import.meta.url);
const json = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, repository), 'utf8')) as T;

let tree: MemoryTree;

beforeEach(() => {
  tree = new MemoryTree(greeterWorkspace);
});

/** What has changed; and what running it again changes, which is nothing. */
async function generated(name: GeneratorName, request: object, cwd = ''): Promise<readonly FileChange[]> {
  const generator = (await coreGenerators[name]()) as Generator<object>;
  const once = async (): Promise<readonly FileChange[]> => {
    const staged = new StagedTree(tree);
    await generator(Workspace.open(staged, cwd), request);
    return staged.changes();
  };
  const changes = await once();
  for (const { file, text } of changes) {
    tree.write(file, text);
    if (file.endsWith('.ts')) SourceFile.parse(file, text);
  }
  expect(await once()).toEqual([]);
  return changes;
}

async function refusal(name: GeneratorName, request: object, cwd = ''): Promise<UsageError> {
  const before = new Map(tree.files);
  const error = await generated(name, request, cwd).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(tree.files).toEqual(before);
  if (error instanceof UsageError) return error;
  throw new Error('was not refused', { cause: error });
}

const files = (changes: readonly FileChange[]): string[] => changes.map(({ file, done }) => `${done} ${file}`);
const manifest = (directory: string): Record<string, unknown> =>
  JSON.parse(tree.read(`${directory}/package.json`)!) as Record<string, unknown>;

describe('a service', () => {
  test('of its own application has the engines of the one that it is like, and none of its parts', async () => {
    tree.write(
      'apps/greeter/src/app.module.ts',
      tree
        .read('apps/greeter/src/app.module.ts')!
        .replace('imports: [', 'imports: [PartModule, ')
        .replace(`import { Greeter }`, `import { PartModule } from './part.js';\nimport { Greeter }`),
    );
    expect(files(await generated('service', { name: 'orderDesk' }))).toEqual([
      'created apps/order-desk/package.json',
      'created apps/order-desk/tsconfig.json',
      'created apps/order-desk/src/main.ts',
      'created apps/order-desk/src/app.module.ts',
      'created apps/order-desk/src/index.ts',
      'created apps/order-desk/src/order-desk.service.ts',
      'created apps/order-desk/src/order-desk.service.spec.ts',
    ]);
    expect(tree.read('apps/order-desk/src/app.module.ts')).toBe(`import { Module } from '@skerry/core';
import { GrpcModule } from '@skerry/grpc';
import { OrderDesk } from './order-desk.service.js';

@Module({ imports: [GrpcModule.forRoot()], providers: [OrderDesk] })
export class AppModule {}
`);
    // Its Kubernetes file asks for its health, as those of the template do.
    const template = new URL('../../template/apps/greeter/src/main.ts', import.meta.url);
    expect(tree.read('apps/order-desk/src/main.ts')).toBe(readFileSync(template, 'utf8'));
    expect(manifest('apps/order-desk')).toMatchObject({
      name: '@shop/order-desk',
      scripts: { build: 'skerry build' },
      skerry: { module: 'dist/app.module.js' },
      dependencies: { '@skerry/core': '^0.1.0', '@skerry/grpc': '^0.1.0' },
    });
  });

  test('in an application that is there is provided by its root module', async () => {
    await generated('service', { name: 'refunds', app: 'greeter' });
    expect(tree.read('apps/greeter/src/app.module.ts')).toContain('providers: [Greeter, Refunds]');
    expect(tree.read('apps/greeter/src/refunds.service.ts')).toContain(`@Service('refunds', { version: '1.0.0' })`);
    expect((await refusal('service', { name: 'refunds' })).message).toContain('refunds.service.ts is one of that name');
  });

  test('that somebody has worked on is left alone', async () => {
    await generated('service', { name: 'orders' });
    tree.write(
      'apps/orders/src/orders.service.ts',
      `import { Service } from '@skerry/core';\n\n@Service('orders')\nexport class MyOrders {}\n`,
    );
    tree.write('apps/orders/src/main.ts', 'mine();\n');
    expect(await generated('service', { name: 'orders' })).toEqual([]);
  });

  test('whose class would be called like something that is used has another one', async () => {
    for (const name of ['client', 'service', 'logger']) {
      await generated('service', { name });
      await generated('handler', { handler: `${name}.ask` });
    }
    expect(tree.read('apps/client/src/client.service.ts')).toContain('export class ClientService {');
    expect(tree.read('apps/service/src/app.module.ts')).toContain('providers: [ServiceService]');
  });

  test('has a name that a class can have', async () => {
    for (const name of ['', '1st', 'a/b', '../x', 'ünder', 'a'.repeat(61)]) {
      expect((await refusal('service', { name })).message).toContain('Cannot name a service');
    }
  });

  test('is deployed as another one is that has no entrance', async () => {
    const compose = `services:
  greeter:
    build: { args: { SERVICE: greeter } }
    # curl http://127.0.0.1:4000
    ports: ['4000:4000']
    restart: always # comment

  # The registry.
  consul:
    image: consul
`;
    tree.write('compose.yaml', compose);
    tree.write(
      'kubernetes/greeter.yaml',
      'metadata: { name: greeter, labels: { app: greeter-x } }\nimage: shop/greeter:latest\n',
    );
    await generated('service', { name: 'orders' });
    expect(tree.read('compose.yaml')).toBe(
      compose.replace(
        '  # The',
        '  orders:\n    build: { args: { SERVICE: orders } }\n    restart: always # comment\n\n  # The',
      ),
    );
    expect(tree.read('kubernetes/orders.yaml')).toBe(
      'metadata: { name: orders, labels: { app: greeter-x } }\nimage: shop/orders:latest\n',
    );
  });
});

describe('a handler', () => {
  test('has its messages in the library, where others get them from', async () => {
    expect(files(await generated('handler', { handler: 'greeter.sayHello', idempotent: true }))).toEqual([
      'created libs/contracts/src/greeter.ts',
      'updated apps/greeter/package.json',
      'updated libs/contracts/src/index.ts',
      'updated apps/greeter/src/greeter.service.ts',
      'created apps/greeter/src/greeter.service.spec.ts',
    ]);
    expect(tree.read('apps/greeter/src/greeter.service.ts')).toBe(`import { Handler, Service } from '@skerry/core';
import { SayHelloReply, SayHelloRequest } from '@shop/contracts';

@Service('greeter')
export class Greeter {
  @Handler({ reply: SayHelloReply, idempotent: true })
  async sayHello({ text }: SayHelloRequest): Promise<SayHelloReply> {
    return { text: \`sayHello: \${text}\` };
  }
}
`);
    expect(tree.read('libs/contracts/src/index.ts')).toContain(
      `export { SayHelloReply, SayHelloRequest } from './greeter.js';`,
    );
    expect(manifest('apps/greeter')['dependencies']).toHaveProperty(['@shop/contracts'], '*');
  });

  test('has them beside the service where there is no library', async () => {
    for (const path of [...tree.files.keys()]) if (path.startsWith('libs/')) tree.files.delete(path);
    await generated('handler', { handler: 'greeter.watch', stream: true, readOnly: true });
    expect(tree.read('apps/greeter/src/greeter.messages.ts')).toContain('export class WatchItem');
    expect(tree.read('apps/greeter/src/greeter.service.ts')).toContain(`from './greeter.messages.js'`);
    expect(tree.read('apps/greeter/src/greeter.service.ts')).toContain(
      '@Handler({ reply: WatchItem, readOnly: true })\n  async *watch({ text }: WatchRequest): AsyncGenerator<WatchItem> {',
    );
    expect(manifest('apps/greeter')['dependencies']).toHaveProperty(['class-validator'], '^0.15.1');
  });

  test('does not take the messages of another one for its own', async () => {
    tree.write(
      'libs/contracts/src/hello.ts',
      `${tree.read('libs/contracts/src/hello.ts')}export class ShoutRequest {}\n`,
    );
    await generated('handler', { handler: 'greeter.shout' });
    expect(tree.read('apps/greeter/src/greeter.service.ts')).toContain(
      '{ text }: GreeterShoutRequest): Promise<ShoutReply>',
    );
  });

  test('of a service that is not there names the nearest', async () => {
    const { message, fix } = await refusal('handler', { handler: 'greter.hello' });
    expect([message, fix]).toEqual([`Cannot find the service greter. Did you mean 'greeter'?`, 'write greeter']);
    expect((await refusal('handler', { handler: 'stock.take' })).fix).toBe('make it: skerry generate service stock');
  });

  test.each(['greeter', 'greeter.', '.hello', 'greeter.constructor', 'greeter.1st'])(
    'is not made of %s',
    async (handler) => {
      expect((await refusal('handler', { handler })).message).toMatch(/^Cannot (tell|name|find)/);
    },
  );

  test('does not take the place of another member', async () => {
    tree.write(
      'apps/greeter/src/greeter.service.ts',
      `import { Service } from '@skerry/core';\n@Service('greeter') class Greeter { hello() {} }\n`,
    );
    expect((await refusal('handler', { handler: 'greeter.hello' })).message).toContain(
      'has something else of that name',
    );
  });

  test('of a file that does not parse changes nothing, and says where', async () => {
    tree.write(
      'apps/greeter/src/greeter.service.ts',
      `import { Service } from '@skerry/core';\n@Service('greeter')\nclass Greeter { hello( {} }\n`,
    );
    expect((await refusal('handler', { handler: 'greeter.shout' })).message).toMatch(
      /^Cannot read apps\/greeter\/src\/greeter\.service\.ts:\d+:\d+: /,
    );
  });
});

describe('a subscriber', () => {
  test('uses the topic that is there', async () => {
    expect(files(await generated('subscriber', { service: 'greeter', topic: 'greeted', queue: 'audit' }))).toEqual([
      'updated apps/greeter/package.json',
      'updated apps/greeter/src/greeter.service.ts',
    ]);
    const text = tree.read('apps/greeter/src/greeter.service.ts');
    expect(text).toContain(
      `@Subscribe(greeted, { queue: 'audit' })\n  async onGreeted(event: Greeted): Promise<void> {`,
    );
    expect(text).toContain('constructor(private readonly log: Logger) {}');
  });

  test('makes a topic that is new, and logs by what the class logs by', async () => {
    tree.write(
      'apps/greeter/src/greeter.service.ts',
      `import { Logger, Service } from '@skerry/core';\n\n@Service('greeter')\nexport class Greeter {\n  constructor(private readonly out: Logger) {}\n}\n`,
    );
    await generated('subscriber', { service: 'Greeter', topic: 'orders.placed' });
    expect(tree.read('libs/contracts/src/orders-placed.ts')).toContain(
      `export const ordersPlaced = new Topic('orders.placed', OrdersPlaced);`,
    );
    const text = tree.read('apps/greeter/src/greeter.service.ts');
    expect(text).toContain('@Subscribe(ordersPlaced)\n');
    expect(text).toContain(`this.out.info('orders.placed arrived', { event });`);
    expect(tree.read('apps/greeter/src/greeter.service.spec.ts')).toContain('publish(ordersPlaced,');
  });

  test.each(['orders.*', 'or ders', '', `a', evil`])('has no class for the topic %j', async (topic) => {
    expect((await refusal('subscriber', { service: 'greeter', topic })).message).toContain('Cannot subscribe to');
  });

  test('has no queue that is no name', async () => {
    expect((await refusal('subscriber', { service: 'greeter', topic: 'a.b', queue: `x' }` })).message).toContain(
      'Cannot name a queue',
    );
  });
});

describe('a client', () => {
  beforeEach(() => generated('service', { name: 'reception' }));

  test('is typed by the class of another application, of which only types are shared', async () => {
    await generated('client', { service: 'greeter', into: 'reception' });
    const text = tree.read('apps/reception/src/reception.service.ts');
    expect(text).toContain(`import { InjectClient, Service, type Client } from '@skerry/core';`);
    expect(text).toContain(`import type { Greeter } from '@shop/greeter';`);
    expect(text).toContain(`constructor(@InjectClient('greeter') private readonly greeter: Client<Greeter>) {}`);
    expect(tree.read('apps/greeter/src/index.ts')).toContain(`export type { Greeter } from './greeter.service.js';`);
    expect(manifest('apps/greeter')['exports']).toEqual({
      '.': { '@skerry/source': './src/index.ts', types: './dist/index.d.ts' },
    });
    expect(manifest('apps/reception')['devDependencies']).toHaveProperty(['@shop/greeter'], '*');
  });

  test('is typed by a file that was written from what the registry says', async () => {
    tree.write('apps/reception/src/stock.client.ts', '// stock\nexport interface Stock {}\n');
    await generated('client', { service: 'stock', into: 'Reception' });
    expect(tree.read('apps/reception/src/reception.service.ts')).toContain(
      `import type { Stock } from './stock.client.js';`,
    );
  });

  test('of a service of elsewhere says how to get its types', async () => {
    const { fix } = await refusal('client', { service: 'stock', into: 'Reception' });
    expect(fix).toContain('skerry generate client stock --out apps/reception/src/stock.client.ts');
    expect((await refusal('client', { service: 'greeter', into: 'Recepton' })).fix).toBe('write Reception');
  });
});

describe('an engine', () => {
  test('moves all applications, brings its server, and is written in the form of the others', async () => {
    tree.write('compose.yaml', 'services:\n    greeter:\n        build: .\n\nvolumes: {}\n');
    await generated('service', { name: 'orders' });
    await generated('engine', { engine: 'rabbitmq' });
    for (const app of ['greeter', 'orders']) {
      expect(tree.read(`apps/${app}/src/app.module.ts`)).toContain(
        'imports: [GrpcModule.forRoot(), RabbitMqModule.forRoot()]',
      );
      expect(manifest(`apps/${app}`)['dependencies']).toHaveProperty(['@skerry/rabbitmq'], '^0.1.0');
    }
    expect(tree.read('compose.yaml')).toContain('\n\n    rabbitmq:\n        image: rabbitmq:4\n        healthcheck:');
    expect(tree.read('compose.yaml')).toMatch(/\n\nvolumes: \{\}\n$/);
  });

  test('that a library brings is not brought again', async () => {
    tree.write(
      'libs/engines/package.json',
      JSON.stringify({ name: '@shop/engines', dependencies: { '@skerry/consul': '*' } }),
    );
    tree.write('libs/engines/src/index.ts', 'export const engines = () => [ConsulModule.forRoot()];\n');
    const app = manifest('apps/greeter');
    tree.write('apps/greeter/package.json', JSON.stringify({ ...app, dependencies: { '@shop/engines': '*' } }));
    expect(await generated('engine', { engine: 'consul' })).toEqual([]);
  });

  test('that is not there names the nearest', async () => {
    expect((await refusal('engine', { engine: 'rabitmq' })).message).toContain(`Did you mean 'rabbitmq'?`);
    expect((await refusal('engine', { engine: 'constructor' })).message).toContain(
      'Cannot find the engine constructor',
    );
  });

  test.each(Object.entries(engines))('%s is what its package exports', (name, engine) => {
    expect(json<{ name: string }>(`packages/${name}/package.json`).name).toBe(engine.package);
    expect(readFileSync(new URL(`packages/${name}/src/index.ts`, repository), 'utf8')).toMatch(
      new RegExp(`\\b${engine.module}\\b`),
    );
  });
});

describe('where there are several applications', () => {
  beforeEach(() => generated('service', { name: 'orders' }));

  test('one has to be named, or stood in', async () => {
    const { message, fix } = await refusal('module', { name: 'billing' });
    expect([message, fix]).toEqual([
      'Cannot tell which application is meant: there are greeter, orders.',
      'say --app greeter',
    ]);
    await generated('module', { name: 'billing' }, 'apps/orders/src');
    expect(tree.read('apps/orders/src/app.module.ts')).toContain('imports: [GrpcModule.forRoot(), BillingModule]');
    expect((await refusal('module', { name: 'a', app: 'order' })).message).toBe(
      `Cannot find the application order. Did you mean 'orders'?`,
    );
  });

  test('an interceptor is provided for all calls of one', async () => {
    await generated('interceptor', { name: 'TimingInterceptor', app: 'orders' });
    expect(tree.read('apps/orders/src/app.module.ts')).toContain(
      '{ provide: Interceptor, useClass: TimingInterceptor, multi: true }',
    );
    expect(tree.read('apps/orders/src/timing.interceptor.spec.ts')).toContain('useClass: TimingInterceptor');
  });
});

test('a package that is no workspace is its own application', async () => {
  const moved = Object.entries(greeterWorkspace).filter(([path]) => path.startsWith('apps/greeter/'));
  tree = new MemoryTree(Object.fromEntries(moved.map(([path, text]) => [path.slice('apps/greeter/'.length), text])));
  await generated('handler', { handler: 'greeter.hello' });
  expect(tree.read('src/greeter.messages.ts')).toContain('HelloReply');
  await generated('engine', { engine: 'bson' });
  expect((await refusal('service', { name: 'orders' })).message).toContain('has no "workspaces"');
});

describe('what Nx is told of the generators', () => {
  const { generators } = json<{ generators: Record<string, { factory: string; schema: string }> }>(
    'packages/cli/generators.json',
  );

  test('is all of them', () => {
    expect(Object.keys(generators)).toEqual(Object.keys(coreGenerators));
    for (const [name, { factory }] of Object.entries(generators))
      expect(factory).toBe(`./dist/generators/nx.js#${name}`);
  });

  test.each(generate.commands.map((command) => [command.name, command] as const))(
    '%s has the options of the command',
    (name, command) => {
      const { properties, required } = json<{ properties: Record<string, object>; required: string[] }>(
        `packages/cli/${generators[name]!.schema.slice(2)}`,
      );
      const declared = new Command();
      command.declare(declared, () => undefined);
      const options = declared.options
        .map((each) => each.attributeName())
        .filter((each) => !['dryRun', 'json'].includes(each));
      const given = declared.registeredArguments.map((each) => each.name());
      // From the registry, as the command does without --into, Nx writes nothing.
      const wanted = name === 'client' ? ['into', 'service', 'skipInstall'] : [...given, ...options].sort();
      expect(Object.keys(properties).sort()).toEqual(wanted);
      expect(required.sort()).toEqual(name === 'client' ? ['into', 'service'] : given.sort());
    },
  );

  test('engine knows the engines', () => {
    const { properties } = json<{ properties: { engine: { enum: string[] } } }>(
      'packages/cli/generators/engine.schema.json',
    );
    expect(properties.engine.enum).toEqual(Object.keys(engines));
  });
});
