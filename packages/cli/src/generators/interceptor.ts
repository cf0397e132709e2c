import type { Generator } from './generator.js';
import { addImport } from './syntax/add-import.js';
import { addToModule } from './syntax/add-to-module.js';
import { addDependencies } from './workspace/package-file.js';
import { below, directoryOf, relativeImport } from './tree/file-tree.js';
import { createFile } from './module.js';
import { nameOf, withoutSuffix } from './workspace/names.js';
import { specOf } from './workspace/spec-file.js';
import { versionOf } from './workspace/versions.js';

export interface InterceptorRequest {
  readonly name: string;
  readonly app?: string;
}

/** Adds an interceptor that runs around every call of an application, and its spec. */
export const generateInterceptor: Generator<InterceptorRequest> = async (workspace, { name, app: appName }) => {
  const app = await workspace.app(appName);
  const { kebab, pascal } = withoutSuffix(nameOf(name, 'an interceptor'), 'interceptor');
  const className = `${pascal}Interceptor`;
  const path = below(directoryOf(app.moduleFile), `${kebab}.interceptor.ts`);
  createFile(workspace, path, source(className));
  createFile(workspace, specOf(path), spec(className, `./${kebab}.interceptor.js`));

  const { moduleFile, moduleName } = app;
  const token = addImport(workspace.parse(moduleFile), { name: 'Interceptor', from: '@skerry/core' });
  const type = addImport(token.file, { name: className, from: relativeImport(moduleFile, path) });
  const text = `{ provide: ${token.local}, useClass: ${type.local}, multi: true }`;
  const edited = addToModule(type.file, { list: 'providers', text, name: type.local }, moduleName);
  workspace.tree.write(moduleFile, edited.text);

  addDependencies(workspace.tree, app.directory, { '@skerry/core': versionOf(workspace, '@skerry/core') });
  if (workspace.root.manifest.devDependencies?.['@skerry/testing'] === undefined) {
    const version = versionOf(workspace, '@skerry/testing');
    addDependencies(workspace.tree, app.directory, { '@skerry/testing': version }, 'devDependencies');
  }
  return { what: `the interceptor ${className} of ${app.name}`, next: [] };
};

const source = (
  className: string,
): string => `import { Clock, Inject, Injectable, Interceptor, Logger, type HandlerCall } from '@skerry/core';

/** Logs how long each call takes. */
@Injectable()
export class ${className} implements Interceptor {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  async intercept({ service, handler }: HandlerCall, next: () => unknown): Promise<unknown> {
    const startedAt = this.clock.now();
    try {
      return await next();
    } finally {
      this.log.info(\`\${service}.\${handler}\`, { tookMs: this.clock.now() - startedAt });
    }
  }
}
`;

const spec = (
  className: string,
  from: string,
): string => `import { Handler, Interceptor, Module, Service } from '@skerry/core';
import { TestApp } from '@skerry/testing';
import { ${className} } from '${from}';

@Service('probe')
class Probe {
  @Handler()
  async ask(): Promise<string> {
    return 'answer';
  }
}

@Module({ providers: [Probe, { provide: Interceptor, useClass: ${className}, multi: true }] })
class ProbeModule {}

test('a call is answered, and is in the log with the time that it took', async () => {
  const app = await TestApp.create(ProbeModule).start();
  await expect(app.client<Probe>('probe').ask()).resolves.toBe('answer');
  const entry = app.logs.find(({ message }) => message === 'probe.ask');
  expect(typeof entry?.fields['tookMs']).toBe('number');
  await app.close();
});
`;
