import { UsageError } from '../usage-error.js';
import type { Generator } from './generator.js';
import { addToRoot, createFile } from './module.js';
import { newApp } from './new-app.js';
import { below, directoryOf } from './tree/file-tree.js';
import { servicesOf } from './workspace/find-service.js';
import { nameOf, withoutSuffix, type Name } from './workspace/names.js';
import { addDependencies } from './workspace/package-file.js';
import { addTest, specOf } from './workspace/spec-file.js';
import { versionOf } from './workspace/versions.js';
import type { ServiceApp, Workspace } from './workspace/workspace.js';

export interface ServiceRequest {
  readonly name: string;
  /** An application that gets the class. Default: an application of its own is made for it. */
  readonly app?: string;
  /** The application whose engines and deployment a new one has as well. Default: the first one. */
  readonly like?: string;
}

/** Adds a service: a class in an application, which is made for it unless one is named. */
export const generateService: Generator<ServiceRequest> = async (workspace, request) => {
  const name = withClass(withoutSuffix(nameOf(request.name, 'a service'), 'service'));
  const { kebab } = name;
  const there = servicesOf(workspace).find(({ service }) => service === kebab);
  const next = [`skerry generate handler ${kebab}.<name>`];
  if (request.app !== undefined) {
    if (request.like !== undefined) {
      throw new UsageError(
        'Cannot use --like with --app: an application that is there keeps its engines.',
        'leave one of them out',
      );
    }
    const app = await workspace.app(request.app);
    checkFree(there, app.directory, kebab);
    addClass(workspace, app, name);
    return { what: `the service ${kebab} in ${app.directory || app.name}`, next };
  }
  if (!workspace.takesApps) {
    throw new UsageError(
      `Cannot make the application apps/${kebab}: the package.json here has no "workspaces" with "apps/*".`,
      `add the service to an application that is there (--app), or go to a workspace`,
    );
  }
  const directory = `apps/${kebab}`;
  checkFree(there, directory, kebab);
  const what = `the service ${kebab} in ${directory}`;
  if (!there) {
    await newApp(workspace, directory, name, request.like);
    const made = workspace.reopened();
    addClass(made, await made.app(directory), name);
  }
  return { what, next };
};

/** What generated files call something else already: a service `client` is a class `ClientService`. */
const taken = new Set([
  ...[
    'AppModule',
    'AsyncGenerator',
    'Boolean',
    'Broker',
    'Client',
    'Error',
    'Handler',
    'InjectClient',
    'Logger',
    'Module',
  ],
  ...['Number', 'Object', 'Promise', 'Service', 'String', 'Subscribe', 'Symbol', 'TestApp', 'ValidationError'],
]);

function withClass(name: Name): Name {
  return taken.has(name.pascal) ? { ...name, pascal: `${name.pascal}Service` } : name;
}

function checkFree(
  there: { readonly app: ServiceApp; readonly file: string } | undefined,
  directory: string,
  name: string,
): void {
  if (!there || there.app.directory === directory) return;
  throw new UsageError(`Cannot make the service ${name}: ${there.file} is one of that name.`, 'choose another name');
}

function addClass(workspace: Workspace, app: ServiceApp, { kebab, pascal }: Name): void {
  const path = below(directoryOf(app.moduleFile), `${kebab}.service.ts`);
  createFile(
    workspace,
    path,
    `import { Service } from '@skerry/core';\n\n@Service('${kebab}', { version: '1.0.0' })\nexport class ${pascal} {}\n`,
  );
  addToRoot(workspace, app, { list: 'providers', text: pascal, name: pascal }, path);
  addDependencies(workspace.tree, app.directory, { '@skerry/core': versionOf(workspace, '@skerry/core') });
  const title = `${kebab} is served`;
  addTest(workspace, app, specOf(path), {
    title,
    uses: [],
    text: (rootModule) =>
      [
        `test('${title}', async () => {`,
        `  const app = await TestApp.create(${rootModule}).start();`,
        `  const ready = app.events.find((event) => event.type === 'ready');`,
        `  expect(ready?.services).toContain('${kebab}');`,
        `  await app.close();`,
        `});`,
      ].join('\n'),
  });
}
