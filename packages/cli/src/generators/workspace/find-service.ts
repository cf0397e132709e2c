import { UsageError } from '../../usage-error.js';
import { decoratedClasses, textOf, type DecoratedClass } from '../syntax/decorated-classes.js';
import { nameOf, unknown } from './names.js';
import type { ServiceApp, Workspace } from './workspace.js';

/** A class with `@Service`, and where it is. */
export interface FoundService {
  /** As others call it. */
  readonly service: string;
  readonly className: string;
  readonly file: string;
  readonly app: ServiceApp;
}

/** All services of the workspace's applications, as far as their names are written out. */
export function servicesOf(workspace: Workspace): FoundService[] {
  return classesWith(workspace, 'Service').flatMap(({ app, file, found: { name, call }, source }) => {
    const service = textOf(source, call.arguments[0]);
    return service === undefined ? [] : [{ service, className: name, file, app }];
  });
}

/** The service of this name, or of the class of this name. Rejects with a `UsageError` that names the nearest. */
export async function findService(workspace: Workspace, wanted: string, app?: string): Promise<FoundService> {
  const within = app === undefined ? undefined : await workspace.app(app);
  const all = servicesOf(workspace).filter((each) => !within || each.app.directory === within.directory);
  const found = all.filter(({ service, className }) => service === wanted || className === wanted);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new UsageError(
      `Cannot tell which ${wanted} is meant: it is in ${found.map((each) => each.file).join(' and ')}.`,
      `say which application: --app ${found[0]!.app.name}`,
    );
  }
  const fix = `make it: skerry generate service ${/^[a-z]/i.test(wanted) ? nameOrSame(wanted) : 'orders'}`;
  throw await unknown(
    'the service',
    wanted,
    all.map(({ service }) => service),
    fix,
  );
}

function nameOrSame(wanted: string): string {
  try {
    return nameOf(wanted, 'a service').kebab;
  } catch {
    return 'orders';
  }
}

export interface FoundClass {
  readonly app: ServiceApp;
  readonly file: string;
  readonly found: DecoratedClass;
  readonly source: ReturnType<Workspace['parse']>;
}

/** The classes of all applications that have one of these decorators. */
export function classesWith(workspace: Workspace, ...decorators: readonly string[]): FoundClass[] {
  return workspace.apps.flatMap((app) =>
    workspace.sources(app).flatMap((file) => {
      const text = workspace.tree.read(file) ?? '';
      if (!decorators.some((each) => text.includes(each))) return [];
      const source = workspace.parse(file);
      return decorators
        .flatMap((each) => decoratedClasses(source, each))
        .map((found) => ({ app, file, found, source }));
    }),
  );
}
