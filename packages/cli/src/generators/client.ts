import { UsageError } from '../usage-error.js';
import type { Generator } from './generator.js';
import { addImport } from './syntax/add-import.js';
import { addConstructorParameter, classNamed, constructorOf, membersOf } from './syntax/class-members.js';
import { decoratorCall, textOf } from './syntax/decorated-classes.js';
import { declaredNames } from './syntax/declared-names.js';
import { exportFrom } from './syntax/export-from.js';
import { SourceFile } from './syntax/source-file.js';
import { below, relativeImport } from './tree/file-tree.js';
import { classesWith, servicesOf, type FoundClass, type FoundService } from './workspace/find-service.js';
import { dependOn } from './workspace/messages.js';
import { nameOf, unknown } from './workspace/names.js';
import { editManifest } from './workspace/package-file.js';
import type { ServiceApp, Workspace } from './workspace/workspace.js';

export interface ClientRequest {
  /** That is to be called. */
  readonly service: string;
  /** A class, or an application with one service. */
  readonly into: string;
}

/** Lets a class call a service, typed by the service's own class, or by a file that `skerry generate client --out` wrote. */
export const generateClient: Generator<ClientRequest> = async (workspace, { service, into }) => {
  const { app, file: path, found } = await target(workspace, into);
  const what = `the client of ${service} in ${found.name}`;
  const before = workspace.parse(path);
  if (injects(before, found.name, service)) return { what, next: [] };
  const type = await typeOf(workspace, app, path, service);
  let file = before;
  const take = (name: string, from: string, erased: boolean): string => {
    const imported = addImport(file, { name, from, type: erased });
    file = imported.file;
    return imported.local;
  };
  const decorator = take('InjectClient', '@skerry/core', false);
  const client = take('Client', '@skerry/core', true);
  const typeName = take(type.name, type.from, true);
  const { camel } = nameOf(service.replaceAll('.', '-'), 'the field for');
  const members = membersOf(classNamed(file, found.name));
  const field = [camel, `${camel}Client`].find((each) => !members.has(each)) ?? `${camel}Service`;
  const parameter = `@${decorator}('${service}') private readonly ${field}: ${client}<${typeName}>`;
  workspace.tree.write(path, addConstructorParameter(file, found.name, parameter).text);
  return { what, next: [`call it: this.${field}.<handler>({ ... })`] };
};

/** The class that is meant. */
async function target(workspace: Workspace, into: string): Promise<FoundClass> {
  const classes = classesWith(workspace, 'Service', 'Injectable');
  const named = classes.filter(({ found }) => found.name === into);
  const inApp = classes.filter(({ app }) => [app.name, app.directory, app.manifest.name].includes(into));
  const services = inApp.filter(({ source, found }) => decoratorCall(source, found.node.decorators, 'Service'));
  const candidates = named.length > 0 ? named : services;
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    const shown = candidates.map(({ found, file }) => `${found.name} (${file})`).join(', ');
    throw new UsageError(
      `Cannot tell which class of ${into} is meant: there are ${shown}.`,
      'name the class, and give classes names that differ',
    );
  }
  const names = [...workspace.apps.map(({ name }) => name), ...classes.map(({ found }) => found.name)];
  throw await unknown(
    'the class or application',
    into,
    names,
    'name a class with @Service() or @Injectable(): --into Reception',
  );
}

function injects(file: SourceFile, className: string, service: string): boolean {
  const parameters = constructorOf(classNamed(file, className))?.params ?? [];
  return parameters.some((each) => {
    const inner = each.type === 'TSParameterProperty' ? each.parameter : each;
    const decorators = [each, inner].flatMap((node) => ('decorators' in node ? (node.decorators ?? []) : []));
    return textOf(file, decoratorCall(file, decorators, 'InjectClient')?.arguments[0]) === service;
  });
}

interface ClientType {
  readonly name: string;
  readonly from: string;
}

async function typeOf(workspace: Workspace, app: ServiceApp, path: string, service: string): Promise<ClientType> {
  const services = servicesOf(workspace);
  const found = services.find((each) => each.service === service);
  if (found) {
    if (found.app.directory === app.directory) return { name: found.className, from: relativeImport(path, found.file) };
    return shared(workspace, app, found);
  }
  // Written by `skerry generate client`, for a service of elsewhere.
  const { pascal } = nameOf(service.replaceAll('.', '-'), 'a service');
  for (const file of workspace.sources(app)) {
    if (!file.endsWith('.client.ts') || !workspace.tree.read(file)?.includes(service)) continue;
    if (declaredNames(workspace.parse(file)).has(pascal)) return { name: pascal, from: relativeImport(path, file) };
  }
  throw await unknown(
    'the service',
    service,
    services.map((each) => each.service),
    `if it runs elsewhere, write its types first: skerry generate client ${service} --out ${below(app.directory, `src/${service}.client.ts`)}`,
  );
}

/** What another application's package exports of its service: a type. Makes it do so. */
function shared(workspace: Workspace, app: ServiceApp, { app: owner, file, className }: FoundService): ClientType {
  const name = owner.manifest.name;
  if (name === undefined) {
    throw new UsageError(
      `Cannot import the type of ${className}: ${below(owner.directory, 'package.json')} has no name.`,
      'give it one: "name": "@shop/greeter"',
    );
  }
  const index = below(owner.directory, 'src/index.ts');
  const before = SourceFile.parse(index, workspace.tree.read(index) ?? '');
  workspace.tree.write(index, exportFrom(before, relativeImport(index, file), [className], true).text);
  editManifest(workspace.tree, owner.directory, (manifest) =>
    manifest.exports === undefined
      ? { ...manifest, exports: { '.': { '@skerry/source': './src/index.ts', types: './dist/index.d.ts' } } }
      : manifest,
  );
  // Erased when it is compiled, so it is not needed where the application runs.
  dependOn(workspace, app, owner, 'devDependencies');
  return { name: className, from: name };
}
