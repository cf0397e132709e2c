import type { WorkspaceRequest } from '../commands/new.js';
import { reportError } from '../terminal/error-report.js';
import { Questions } from '../terminal/questions.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { checkEnclosingWorkspace } from './enclosing-workspace.js';
import type { PackageManager } from './package-manager.js';
import { placeOf, scopeOf, type Place } from './place.js';

/** Everything that a workspace is made of by whoever asks for one. */
export interface Wishes {
  readonly place: Place;
  readonly scope: string;
  readonly install: boolean;
  readonly manager: PackageManager;
}

/**
 * Asks for what the command line leaves open, where somebody can be asked. Throws a `UsageError` for what cannot be had.
 *
 * @param taken Names of packages that the workspace depends on.
 */
export async function wishesOf(
  request: WorkspaceRequest,
  terminal: Terminal,
  manager: PackageManager,
  taken: readonly string[],
): Promise<Wishes> {
  const { folder, yes = false, json = false } = request;
  const { cwd } = terminal;
  const findPlace = (asked: string): Place => {
    const place = placeOf(asked, cwd, taken);
    checkEnclosingWorkspace(place);
    return place;
  };
  const given = folder === undefined ? undefined : findPlace(folder);
  if (!terminal.interactive || yes || json) {
    if (!given) throw new UsageError('Cannot create a workspace without a name.', 'name it: skerry new shop');
    const scope = scopeOf(request.scope ?? given.name, taken);
    return { place: given, scope, install: request.install ?? true, manager };
  }
  const questions = new Questions(terminal);
  /** Until it can be had. */
  const insist = async <T>(question: string, otherwise: string, read: (answer: string) => T): Promise<T> => {
    for (;;) {
      const answer = await questions.ask(question, otherwise);
      try {
        return read(answer);
      } catch (error) {
        if (!(error instanceof UsageError) || answer === otherwise) throw error;
        await reportError(error, terminal);
      }
    }
  };
  try {
    const place = given ?? (await insist('Name of the workspace?', 'shop', findPlace));
    const scope =
      request.scope === undefined
        ? await insist('Scope of its packages?', `@${place.name}`, (answer) => scopeOf(answer, taken))
        : scopeOf(request.scope, taken);
    const install = request.install ?? (await questions.yes(`Install what it needs with ${manager.name} now?`));
    return { place, scope, install, manager };
  } finally {
    await questions.close();
  }
}
