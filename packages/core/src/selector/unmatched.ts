import type { NodeRecord } from '../registry/node-record.js';
import type { NodeCriteria } from './filter.js';
import { requirementsOf, type Requirement } from './requirement.js';

// A thousand versions explain no more than a few.
const mostShown = 5;
const longestShown = 60;

/**
 * Why none of the nodes satisfies the criteria, as the end of a sentence: `none satisfies version ^2 (they have 1.4.0,
 * 1.5.0)`. `undefined` when one does.
 */
export function explainUnmatched(nodes: readonly NodeRecord[], criteria: NodeCriteria): string | undefined {
  const requirements = requirementsOf(criteria);
  if (nodes.some((node) => requirements.every(({ fits }) => fits(node)))) return undefined;
  const alone = requirements.filter(({ fits }) => !nodes.some(fits));
  if (alone.length > 0)
    return `none satisfies ${alone.map((each) => each.name + instead(nodes, each)).join(', and none ')}`;
  const each = requirements.map(({ name, fits }) => `${name} (${count(nodes.filter(fits).length)})`);
  return `none satisfies all of ${each.join(', ')}`;
}

/** Distinct values, the first few of them. */
export function few(values: Iterable<string>): string {
  const distinct = [...new Set(values)].sort();
  const listed = distinct
    .slice(0, mostShown)
    .map((each) => (each.length > longestShown ? `${each.slice(0, longestShown)}...` : each));
  const rest = distinct.length - listed.length;
  return listed.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function instead(nodes: readonly NodeRecord[], { shows }: Requirement): string {
  return shows ? ` (they have ${few(nodes.map(shows))})` : '';
}

function count(many: number): string {
  return many === 1 ? '1 does' : `${many} do`;
}
