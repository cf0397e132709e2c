import { Option } from 'commander';
import type { CliCommand, CommandGroup } from '../command.js';
import { coreGenerators, type GeneratorName } from '../generators/generators.js';
import type { Generator } from '../generators/generator.js';
import type { Terminal } from '../terminal/terminal.js';
import { generateClient, type ClientFileRequest } from './generate-client.js';
import { appOption, jsonOption } from './options.js';

/** A command that changes files of the workspace in which it is run. */
function generator(
  name: Exclude<GeneratorName, 'client'>,
  said: Pick<CliCommand, 'summary' | 'examples'> & {
    readonly description: string;
    readonly arguments: readonly (readonly [name: string, what: string])[];
    readonly options: readonly Option[];
  },
): CliCommand {
  const { summary, examples, description, arguments: parameters, options } = said;
  return {
    name,
    summary,
    examples,
    declare(command, act) {
      command.description(description);
      for (const [parameter, what] of parameters) command.argument(`<${parameter}>`, what);
      for (const option of [...options, ...fileOptions()]) command.addOption(option);
      command.action((...given: unknown[]) => {
        const values = given.slice(0, parameters.length);
        const request = {
          ...command.opts(),
          ...Object.fromEntries(parameters.map(([each], index) => [each, values[index]])),
        };
        act((terminal) => generateFiles(name, request, terminal));
      });
    },
  };
}

async function generateFiles(name: GeneratorName, request: object, terminal: Terminal): Promise<number> {
  const { runGenerator } = await import('../generators/run-generator.js');
  return runGenerator((await coreGenerators[name]()) as Generator<object>, request, terminal);
}

function fileOptions(): Option[] {
  return [
    new Option('--dry-run', 'say which files would be created and updated, and change nothing'),
    skipInstall(),
    jsonOption('which files were created and updated'),
  ];
}

function skipInstall(): Option {
  return new Option('--skip-install', 'do not install what is added to a package.json (default: it is installed)');
}

function inApp(otherwise: string): Option {
  return new Option('--app <app>', `the application: its directory or its name (default: ${otherwise})`);
}

const service = generator('service', {
  summary: 'a service, in an application of its own or in one that is there',
  examples: ['skerry generate service orders', 'skerry generate service refunds --app orders'],
  description:
    'Makes an application in apps/ with a service, its module, what runs it and a test; with the engines of another application, and deployed ' +
    'as that is (compose file, kubernetes/). With --app, adds the service to an application that is there.',
  arguments: [['name', 'what it is called by: order-desk']],
  options: [
    new Option('--app <app>', 'add it to this application instead'),
    new Option('--like <app>', 'the application whose engines and deployment it gets as well (default: the first one)'),
  ],
});

const handler = generator('handler', {
  summary: 'a method of a service that others call, with its messages and a test',
  examples: [
    'skerry generate handler orders.place --idempotent',
    'skerry generate handler orders.watch --stream --read-only',
  ],
  description:
    'Adds a method with @Handler() to a service, the classes of its request and its reply to the library contracts (or beside the service, ' +
    'where there is none), and a test to its spec.',
  arguments: [['handler', 'its service and its name: orders.place']],
  options: [
    new Option('--stream', 'it answers many times: an async generator'),
    new Option('--idempotent', 'doing it twice has the effect of doing it once: it may be sent again after a failure'),
    new Option('--read-only', 'it changes nothing'),
    inApp('the one that has the service'),
  ],
});

const subscriber = generator('subscriber', {
  summary: 'a method of a service that gets the messages of a topic, with a test',
  examples: [
    'skerry generate subscriber audit orders.placed --queue audit',
    'skerry generate subscriber prices orders.placed',
  ],
  description:
    'Adds a method with @Subscribe() to a service; the topic and the class of its messages are those of the workspace, or are added to the ' +
    'library contracts, with a test.',
  arguments: [
    ['service', 'that gets them'],
    ['topic', 'orders.placed'],
  ],
  options: [
    new Option(
      '--queue <queue>',
      'each message goes to one of those that name the same queue (default: to every instance that runs)',
    ),
    inApp('the one that has the service'),
  ],
});

const module = generator('module', {
  summary: 'a module of an application',
  examples: ['skerry generate module billing --app orders'],
  description: 'Adds a module in a directory of its own, and imports it into the root module.',
  arguments: [['name', 'billing, for BillingModule']],
  options: [inApp('the one around the working directory, or the only one')],
});

const interceptor = generator('interceptor', {
  summary: 'what runs around every call of an application, with a spec',
  examples: ['skerry generate interceptor timing --app orders'],
  description:
    'Adds an interceptor that logs how long calls take, provides it in the root module for every call, and adds a spec of it.',
  arguments: [['name', 'timing, for TimingInterceptor']],
  options: [inApp('the one around the working directory, or the only one')],
});

const engine = generator('engine', {
  summary: 'move applications onto an engine: consul, rabbitmq, lmdb and more',
  examples: ['skerry generate engine rabbitmq', 'skerry generate engine grpc --app orders'],
  description:
    'Imports the module of an engine into root modules, adds its package to their package.json, and its server, where it needs one, to the compose ' +
    'file. Engines: consul, rabbitmq, lmdb, grpc, websocket, protobuf, msgpack, bson.',
  arguments: [['engine', 'its name']],
  options: [inApp('all of them')],
});

const client: CliCommand = {
  name: 'client',
  summary: 'a typed client: the types of a service that runs, or a client in a class',
  examples: [
    'skerry generate client greeter --out src/greeter.client.ts',
    'skerry generate client greeter --into Reception',
    'skerry generate client greeter',
  ],
  declare(command, act) {
    command
      .description(
        'Writes a TypeScript file by which a service is called without its class, from what its nodes tell the registry: for repositories ' +
          'that cannot share one. With --into, adds a client to the constructor of a class instead, typed by the class of the service where ' +
          'the workspace has it, or by such a file.',
      )
      .argument('<service>', 'its name')
      .option(
        '--out <file>',
        'write it to this file instead of printing it; nothing is done when it says the same already',
      )
      .addOption(appOption())
      .addOption(
        new Option(
          '--into <class>',
          'add a client to this class, or to the only service of this application',
        ).conflicts(['out', 'app']),
      )
      .addOption(new Option('--dry-run', 'with --into: say which files would be updated, and change nothing'))
      .addOption(new Option('--skip-install', 'with --into: do not install what is added to a package.json'))
      .addOption(jsonOption('the file, or with --out or --into what was done with it,'))
      .action((service: string, options: Omit<ClientFileRequest, 'service'> & { into?: string }) =>
        act((terminal) =>
          options.into === undefined
            ? generateClient({ service, ...options }, terminal)
            : generateFiles('client', { service, ...options }, terminal),
        ),
      );
  },
};

export const generate: CommandGroup = {
  name: 'generate',
  alias: 'g',
  summary: 'write code into a workspace: services, handlers, clients, engines',
  examples: [service.examples[0], handler.examples[0], client.examples[0]],
  commands: [service, handler, subscriber, module, client, interceptor, engine],
};
