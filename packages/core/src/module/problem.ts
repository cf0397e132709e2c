import type { SkerryCode } from '../errors/catalogue.js';
import { SkerryError } from '../errors/skerry-error.js';
import { locate, type Location, type Site } from '../container/location.js';
import { reportLine, reportText } from './report.js';

/** One thing that is wrong with the application's wiring, with all that is needed to mend it. */
export interface Problem {
  readonly code: SkerryCode;
  /** What could not be done, and where: one sentence. */
  readonly message: string;
  readonly at?: Location;
  /** From the root module to what is missing. */
  readonly path: readonly string[];
  /** Why it most likely is so. */
  readonly cause?: string;
  /** The nearest candidates, and where they are. */
  readonly found: readonly string[];
  /** Lines of a picture, for what is better seen than told. */
  readonly drawing?: readonly string[];
  /** What to change, to be pasted where that is possible. */
  readonly fix: string;
}

/**
 * The application cannot be put together. Carries every problem, not just the first: `message` is the report for a
 * terminal, {@link line} fits into a log, `JSON.stringify` gives it to tools.
 */
export class GraphError extends SkerryError {
  static readonly code = 'SKERRY_GRAPH_INVALID';

  constructor(
    readonly root: string,
    readonly problems: readonly Problem[],
  ) {
    super(GraphError.code, reportText(root, problems), { details: { root, problems } });
    // The stack would show where Skerry looks at the graph, which helps nobody.
    this.stack = `${this.name}: ${this.message}`;
  }

  get line(): string {
    return reportLine(this.root, this.problems);
  }
}

/** The `at` of a problem, when the place is known. */
export function at(site: Site | undefined, className?: string, parameter?: string): Pick<Problem, 'at'> {
  const location = locate(site, className, parameter);
  return location ? { at: location } : {};
}
