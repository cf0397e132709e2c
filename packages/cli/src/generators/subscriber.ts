import { UsageError } from '../usage-error.js';
import type { Generator } from './generator.js';
import { addImport } from './syntax/add-import.js';
import {
  addConstructorParameter,
  addMember,
  classNamed,
  constructorOf,
  membersOf,
  parameterName,
} from './syntax/class-members.js';
import { decoratorCall } from './syntax/decorated-classes.js';
import type { SourceFile } from './syntax/source-file.js';
import { relativeImport } from './tree/file-tree.js';
import { findService } from './workspace/find-service.js';
import { addDeclarations, dependOn, findTopic, freeName, messageFile, type FoundTopic } from './workspace/messages.js';
import { nameOf } from './workspace/names.js';
import { addTest, specOf } from './workspace/spec-file.js';
import type { ServiceApp, Workspace } from './workspace/workspace.js';

export interface SubscriberRequest {
  readonly service: string;
  /** `orders.placed` */
  readonly topic: string;
  /** Who names the same one shares the messages. Default: every instance gets every message. */
  readonly queue?: string;
  readonly app?: string;
}

/** Adds a method that gets the messages of a topic, with the topic and the class of its messages where they are new, and a test. */
export const generateSubscriber: Generator<SubscriberRequest> = async (workspace, request) => {
  const { topic, queue } = request;
  await checkTopic(topic);
  if (queue !== undefined && !/^[\w-]+(\.[\w-]+)*$/.test(queue)) {
    throw new UsageError(
      `Cannot name a queue ${JSON.stringify(queue)}: write letters, digits, '_' and '-'.`,
      'write it like --queue audit',
    );
  }
  const { service, className, file: path, app } = await findService(workspace, request.service, request.app);
  const what = `the subscription of ${service} to ${topic}`;
  const { pascal } = nameOf(topic.replaceAll('.', '-'), 'the subscriber of');
  const method = `on${pascal}`;
  let file = workspace.parse(path);
  const member = membersOf(classNamed(file, className)).get(method);
  if (member) {
    if ('decorators' in member && decoratorCall(file, member.decorators, 'Subscribe')) return { what, next: [] };
    throw new UsageError(
      `Cannot add ${what}: ${className} has something else that is called ${method} (${path}).`,
      'give that another name',
    );
  }

  const { constant, message, path: declared, home, isNew } = topicOf(workspace, app, path, topic);
  const from = home.directory === app.directory ? undefined : home.manifest.name;
  if (from !== undefined) dependOn(workspace, app, home);
  const take = (name: string, source: string): string => {
    const imported = addImport(file, { name, from: source });
    file = imported.file;
    return imported.local;
  };
  const decorator = take('Subscribe', '@skerry/core');
  const logger = take('Logger', '@skerry/core');
  const [eventClass, topicName] = [message, constant].map((name) => take(name, from ?? relativeImport(path, declared)));
  const log = logOf(file, className, logger);
  file = log.file;
  const options = queue === undefined ? '' : `, { queue: '${queue}' }`;
  const body = [
    `@${decorator}(${topicName}${options})`,
    `async ${method}(event: ${eventClass}): Promise<void> {`,
    `  this.${log.name}.info('${topic} arrived', { event });`,
    `}`,
  ];
  file = addMember(file, className, body.join('\n'));
  workspace.tree.write(path, file.text);

  if (isNew) {
    const title = `${topic} reaches ${service}`;
    addTest(workspace, app, specOf(path), {
      title,
      uses: [
        { name: 'Broker', from: '@skerry/core' },
        { name: constant, from: from ?? declared },
      ],
      text: (rootModule) =>
        [
          `test('${title}', async () => {`,
          `  const app = await TestApp.create(${rootModule}).start();`,
          `  const spy = app.spy(${constant});`,
          `  await app.get(Broker).publish(${constant}, { id: 'A1' });`,
          `  const { message } = await spy.handled.next();`,
          `  expect(message).toEqual({ id: 'A1' });`,
          `  await app.close();`,
          `});`,
        ].join('\n'),
    });
  }
  return { what, next: [] };
};

function topicOf(
  workspace: Workspace,
  app: ServiceApp,
  beside: string,
  topic: string,
): FoundTopic & { isNew: boolean } {
  const found = findTopic(workspace, app, topic);
  if (found) return { ...found, isNew: false };
  const { kebab, pascal } = nameOf(topic.replaceAll('.', '-'), 'a topic');
  const messages = messageFile(workspace, beside, kebab);
  const message = freeName(workspace, messages, [pascal, `${pascal}Event`]);
  const { camel } = nameOf(message, 'a topic');
  const constant = freeName(workspace, messages, [camel, `${camel}Topic`]);
  addDeclarations(workspace, app, messages, [
    {
      name: message,
      text: `export class ${message} {\n  @IsString()\n  id!: string;\n}`,
      uses: { '@skerry/core': ['Topic'], 'class-validator': ['IsString'] },
    },
    {
      name: constant,
      text: `export const ${constant} = new Topic('${topic}', ${message});`,
      uses: { '@skerry/core': ['Topic'] },
    },
  ]);
  const home = workspace.contracts?.manifest.name ? workspace.contracts : app;
  return { constant, message, path: messages.path, home, isNew: true };
}

/** The field by which the class logs; it gets one where it has none. */
function logOf(file: SourceFile, className: string, logger: string): { file: SourceFile; name: string } {
  const node = classNamed(file, className);
  for (const each of constructorOf(node)?.params ?? []) {
    if (each.type !== 'TSParameterProperty' || each.parameter.type !== 'Identifier') continue;
    const annotation = each.parameter.typeAnnotation;
    const type = annotation?.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : undefined;
    if (type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === logger) {
      return { file, name: parameterName(each) ?? 'log' };
    }
  }
  const members = membersOf(node);
  const name = ['log', 'logger', 'skerryLog'].find((each) => !members.has(each)) ?? 'log';
  return { file: addConstructorParameter(file, className, `private readonly ${name}: ${logger}`), name };
}

async function checkTopic(topic: string): Promise<void> {
  const { isPattern, isTopic } = await import('@skerry/core');
  if (isTopic(topic)) return;
  throw new UsageError(
    `Cannot subscribe to ${JSON.stringify(topic)}: ${isPattern(topic) ? 'a pattern has no one class of messages' : "a topic is words of letters, digits, '_' and '-', with '.' between them"}.`,
    isPattern(topic) ? `write it by hand: @Subscribe('${topic}')` : 'write it like orders.placed',
  );
}
