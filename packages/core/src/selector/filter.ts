import { nearest } from '../errors/nearest.js';
import { SkerryError } from '../errors/skerry-error.js';
import type { NodeRecord } from '../registry/node-record.js';
import { versionRange } from './version-range.js';

/**
 * What a node must be for a client, or a call, to be sent there: all that is given. It must not be changed once it was used.
 * While no node satisfies it, calls wait for one until their deadline.
 */
export interface NodeCriteria {
  /**
   * A range of versions as npm writes them: `^2`, `>=1.4 <3`, `1.4.0`. As there, a prerelease satisfies only ranges that name
   * one of the same version (`>=2.0.0-rc.1`), and a version that is not semantic satisfies none.
   */
  readonly version?: string | undefined;
  /** The node's metadata must have each of these, with just that value. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The id of the only node that will do. */
  readonly node?: string | undefined;
  /** The zone that it must be in. To prefer a zone, give the application's own: it needs no criteria. */
  readonly zone?: string | undefined;
  /**
   * Whether a node will do. Judged once when the list of nodes changes, not for every call, so it must depend on the record
   * alone. A node that makes it throw will not do. Keep the function: one that is made anew for each call costs a look at
   * all nodes each time.
   */
  readonly where?: ((node: NodeRecord) => boolean) | undefined;
}

/** What a filter may know about the calls that it decides for. */
export interface FilteredCall {
  readonly service: string;
  /** The handler's own name, without the service. */
  readonly handler: string;
}

/**
 * Which nodes this application calls at all, of every service, on top of what clients and calls ask for. Any number of them are
 * provided, and a node must be accepted by each:
 *
 *     providers: [{ provide: NodeFilter, useClass: OnlyOurTenant, multi: true }]
 */
export abstract class NodeFilter {
  /**
   * Asked once for each node and handler when the list of nodes changes, not for every call: the answer must depend on these
   * two alone. A node that makes it throw is not accepted.
   */
  abstract accepts(node: NodeRecord, call: FilteredCall): boolean;
}

const fields: ReadonlySet<string> = new Set([
  'version',
  'labels',
  'node',
  'zone',
  'where',
] satisfies (keyof NodeCriteria)[]);
const checked = new WeakSet<NodeCriteria>();

/**
 * Throws `SKERRY_OPTION_INVALID` for criteria that no node could be judged by. Costs next to nothing for an object that was
 * checked before.
 *
 * @param what What cannot be done with them, for the message: `call greeter.hello`.
 */
export function checkCriteria(criteria: NodeCriteria, what: string): void {
  if (checked.has(criteria)) return;
  const problem = problemOf(criteria);
  if (problem) throw new SkerryError('SKERRY_OPTION_INVALID', `Cannot ${what}: ${problem}.`);
  checked.add(criteria);
}

function problemOf(criteria: NodeCriteria): string | undefined {
  if (typeof criteria !== 'object' || criteria === null || Array.isArray(criteria))
    return `the criteria for nodes are ${shown(criteria)}; give an object such as { version: '^2' }`;
  const { version, labels, node, zone, where } = criteria;
  for (const name of Object.keys(criteria)) {
    if (fields.has(name)) continue;
    const [meant] = nearest(name, fields);
    return `'${name}' is no criterion for nodes; ${meant ? `did you mean '${meant}'?` : `they are ${[...fields].join(', ')}`}`;
  }
  for (const [name, value] of Object.entries({ node, zone })) {
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      return `the ${name} to call is ${shown(value)}; give its name, or leave it out`;
  }
  if (version !== undefined && (typeof version !== 'string' || !versionRange(version)))
    return `the version to call is ${shown(version)}, which is no range; write it as npm does: '^2', '>=1.4 <3', '1.4.0'`;
  if (where !== undefined && typeof where !== 'function')
    return `\`where\` is ${shown(where)}; give a function of a node`;
  return labels === undefined ? undefined : problemOfLabels(labels);
}

function problemOfLabels(labels: Readonly<Record<string, string>>): string | undefined {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels))
    return `the labels to call are ${shown(labels)}; give an object such as { tier: 'gold' }`;
  const [wrong] = Object.entries(labels).filter(([, value]) => typeof value !== 'string');
  return wrong && `the label '${wrong[0]}' to call is ${shown(wrong[1])}; labels are strings`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 100)}'`;
  return typeof value === 'object' && value ? (Array.isArray(value) ? 'a list' : 'an object') : String(value);
}
