import type { NodeRecord } from '../registry/node-record.js';
import type { NodeCriteria, NodeFilter } from '../selector/filter.js';
import { accepted, requirementsOf } from '../selector/requirement.js';
import { explainUnmatched, few } from '../selector/unmatched.js';
import { byNativeProtocol, offers, type Reach } from './offered.js';

/**
 * Why a call finds no node among those that there are: `greeter has 3 nodes, none satisfies version ^2 (they have 1.4.0,
 * 1.5.0)`. Without a full stop. `undefined` when there are no nodes, or one will do.
 */
export function explainNoTarget(
  handler: string,
  nodes: readonly NodeRecord[],
  criteria?: NodeCriteria,
  filters: readonly NodeFilter[] = [],
  reach: Reach = byNativeProtocol,
): string | undefined {
  if (!nodes[0]) return undefined;
  const { service } = nodes[0];
  const subject = `${service} has ${nodes.length === 1 ? '1 node' : `${nodes.length} nodes`}`;
  const offering = nodes.filter((node) => offers(node, handler));
  if (offering.length === 0) return `${subject}, none with the handler '${handler}'`;
  const able = offering.filter((node) => reach.reaches(node));
  if (able.length === 0) {
    const protocols = few(offering.flatMap(({ addresses }) => Object.keys(addresses)));
    return `${subject}, none with an address for ${reach.protocolNames.join(' or ')} (they have ${protocols || 'none'})`;
  }
  const all = able.length === nodes.length ? subject : `${subject}, ${able.length} of them with '${handler}'`;
  const unmatched = explainUnmatched(able, criteria ?? {});
  if (unmatched) return `${all}, ${unmatched}${thrown(able, criteria?.where)}`;
  const requirements = requirementsOf(criteria ?? {});
  let left = able.filter((node) => requirements.every(({ fits }) => fits(node)));
  for (const filter of filters) {
    const accepts = (node: NodeRecord): boolean => filter.accepts(node, { service, handler });
    const passed = left.filter((node) => accepted(() => accepts(node)));
    if (passed.length === 0) {
      const criterial = left.length === nodes.length ? 'none' : `none of the ${left.length} that would do`;
      return `${all}, ${criterial} is accepted by the filter ${filter.constructor.name}${thrown(left, accepts)}`;
    }
    left = passed;
  }
  return undefined;
}

/** What the application's own code threw, which counts as a no. */
function thrown(nodes: readonly NodeRecord[], judge: ((node: NodeRecord) => boolean) | undefined): string {
  if (!judge) return '';
  for (const node of nodes) {
    try {
      judge(node);
    } catch (error) {
      return `, which threw for ${node.id}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return '';
}
