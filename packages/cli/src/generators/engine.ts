import { engines, type Engine } from './engines.js';
import type { Generator } from './generator.js';
import { addToRoot } from './module.js';
import { addServer } from './workspace/deployment.js';
import { unknown } from './workspace/names.js';
import { addDependencies } from './workspace/package-file.js';
import { versionOf } from './workspace/versions.js';
import type { Package, ServiceApp, Workspace } from './workspace/workspace.js';

export interface EngineRequest {
  /** `rabbitmq` */
  readonly engine: string;
  /** Default: all applications. */
  readonly app?: string;
}

/** Moves building blocks of applications onto an engine. */
export const generateEngine: Generator<EngineRequest> = async (workspace, request) => {
  const engine = Object.hasOwn(engines, request.engine) ? engines[request.engine] : undefined;
  if (!engine)
    throw await unknown(
      'the engine',
      request.engine,
      Object.keys(engines),
      `write one of ${Object.keys(engines).join(', ')}`,
    );
  const apps =
    request.app === undefined && workspace.apps.length > 0 ? workspace.apps : [await workspace.app(request.app)];
  const bringers = new Set<string>();
  for (const app of apps) {
    const bringer = bringerOf(workspace, app, engine);
    if (bringer) {
      bringers.add(bringer.manifest.name ?? bringer.directory);
      continue;
    }
    addToRoot(workspace, app, { list: 'imports', text: engine.call, name: engine.module }, engine.package);
    addDependencies(workspace.tree, app.directory, { [engine.package]: versionOf(workspace, engine.package) });
  }
  const { server, note } = engine;
  if (server) addServer(workspace.tree, server.name, server.compose);
  const where = server ? `; ${server.env.split('=')[0]} says where` : '';
  const brought = bringers.size > 0 ? ` (from ${[...bringers].join(' and ')}${where})` : '';
  return {
    what: `${engine.module} in ${apps.map(({ name }) => name).join(', ')}${brought}`,
    next: [...(server ? [`tell the services where it is: ${server.env}`] : []), ...(note ? [note] : [])],
  };
};

/** A library of the workspace that an application has the engine from: two of one kind would be ambiguous, and it would not start. */
function bringerOf(workspace: Workspace, app: ServiceApp, { module, package: name }: Engine): Package | undefined {
  return workspace.withDependencies(app).find((each) => {
    if (each === app || workspace.apps.some(({ directory }) => directory === each.directory)) return false;
    return (
      each.manifest.dependencies?.[name] !== undefined &&
      workspace.sources(each).some((path) => workspace.tree.read(path)!.includes(`${module}.`))
    );
  });
}
