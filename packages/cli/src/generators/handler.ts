import { UsageError } from '../usage-error.js';
import type { Generator } from './generator.js';
import { addImport } from './syntax/add-import.js';
import { addMember, classNamed, membersOf } from './syntax/class-members.js';
import { decoratorCall } from './syntax/decorated-classes.js';
import { findService } from './workspace/find-service.js';
import { addDeclarations, freeName, messageFile, type Declaration } from './workspace/messages.js';
import { nameOf } from './workspace/names.js';
import { addTest, specOf } from './workspace/spec-file.js';

export interface HandlerRequest {
  /** `orders.place` */
  readonly handler: string;
  /** It answers many times. */
  readonly stream?: boolean;
  readonly idempotent?: boolean;
  readonly readOnly?: boolean;
  /** Where several applications have such a service. */
  readonly app?: string;
}

/** Adds a method that others call, with the classes of its messages and a test. */
export const generateHandler: Generator<HandlerRequest> = async (workspace, request) => {
  const { stream = false, idempotent = false, readOnly = false } = request;
  const [wanted, method] = split(request.handler);
  const { service, className, file: path, app } = await findService(workspace, wanted, request.app);
  const what = `the handler ${service}.${method}`;
  const before = workspace.parse(path);
  const member = membersOf(classNamed(before, className)).get(method);
  if (member) {
    const isHandler = 'decorators' in member && decoratorCall(before, member.decorators, 'Handler');
    if (isHandler) return { what, next: [] };
    throw new UsageError(
      `Cannot add ${what}: ${className} has something else of that name (${path}).`,
      'choose another name, or put @Handler() before it by hand',
    );
  }

  const messages = messageFile(workspace, path, nameOf(service, 'a file').kebab);
  const { pascal } = nameOf(method, 'a handler');
  const free = (end: string): string =>
    freeName(workspace, messages, [`${pascal}${end}`, `${className}${pascal}${end}`]);
  const [asked, answered] = [free('Request'), free(stream ? 'Item' : 'Reply')];
  addDeclarations(workspace, app, messages, [text(asked, true), text(answered, false)]);

  const from = messages.importedBy(path);
  const names = [asked, answered].sort();
  let file = before;
  const take = (name: string, source: string): string => {
    const imported = addImport(file, { name, from: source });
    file = imported.file;
    return imported.local;
  };
  const decorator = take('Handler', '@skerry/core');
  for (const name of names) take(name, from);
  const options = [
    `reply: ${answered}`,
    ...(idempotent && !readOnly ? ['idempotent: true'] : []),
    ...(readOnly ? ['readOnly: true'] : []),
  ];
  const body = stream
    ? `async *${method}({ text }: ${asked}): AsyncGenerator<${answered}> {\n  for (const word of text.split(' ')) yield { text: word };\n}`
    : `async ${method}({ text }: ${asked}): Promise<${answered}> {\n  return { text: \`${method}: \${text}\` };\n}`;
  file = addMember(file, className, `@${decorator}({ ${options.join(', ')} })\n${body}`);
  workspace.tree.write(path, file.text);

  const title = `${service}.${method} ${stream ? 'answers word by word' : 'answers'}, and takes no empty text`;
  addTest(workspace, app, specOf(path), {
    title,
    uses: [
      { name: 'ValidationError', from: '@skerry/core' },
      { name: className, from: path, type: true },
    ],
    text: (rootModule) => {
      const lines = stream
        ? [
            `const words: string[] = [];`,
            `for await (const { text } of client.${method}({ text: 'one two' })) words.push(text);`,
            `expect(words).toEqual(['one', 'two']);`,
            `const refused = client.${method}({ text: '' })[Symbol.asyncIterator]();`,
            `await expect(refused.next()).rejects.toBeInstanceOf(ValidationError);`,
          ]
        : [
            `await expect(client.${method}({ text: 'tea' })).resolves.toEqual({ text: '${method}: tea' });`,
            `await expect(client.${method}({ text: '' })).rejects.toBeInstanceOf(ValidationError);`,
          ];
      return [
        `test('${title}', async () => {`,
        `  const app = await TestApp.create(${rootModule}).start();`,
        `  const client = app.client<${className}>('${service}');`,
        ...lines.map((line) => `  ${line}`),
        `  await app.close();`,
        `});`,
      ].join('\n');
    },
  });
  return { what, next: [`skerry call ${service}.${method} '{"text":"${stream ? 'one two' : 'tea'}"}'`] };
};

/** A service's name may have points, a method's has none. */
function split(handler: string): [service: string, method: string] {
  const dot = handler.lastIndexOf('.');
  const [service, method] = [handler.slice(0, dot), handler.slice(dot + 1)];
  if (dot <= 0 || method === '') {
    throw new UsageError(
      `Cannot tell which handler ${JSON.stringify(handler)} is: name its service and its method.`,
      'write it like orders.place',
    );
  }
  const { camel } = nameOf(method, 'a handler');
  if (camel === 'constructor' || camel === 'then') {
    throw new UsageError(
      `Cannot name a handler ${camel}: it means something else to JavaScript.`,
      'choose another name',
    );
  }
  return [service, camel];
}

function text(name: string, bounded: boolean): Declaration {
  const rules = bounded ? ['@IsString()', '@Length(1, 80)'] : ['@IsString()'];
  return {
    name,
    text: `export class ${name} {\n${rules.map((rule) => `  ${rule}\n`).join('')}  text!: string;\n}`,
    uses: { 'class-validator': bounded ? ['IsString', 'Length'] : ['IsString'] },
  };
}
