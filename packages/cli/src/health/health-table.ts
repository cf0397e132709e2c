import type { Colours } from '../terminal/colours.js';
import { table } from '../terminal/table.js';
import type { NodeHealth, NodeState } from './node-health.js';

export function healthTable(found: readonly NodeHealth[], colours: Colours): Promise<string[]> {
  const { green, red, yellow } = colours;
  const looks: Readonly<Record<NodeState, Colours['red']>> = {
    ...{ ready: green, up: green, starting: yellow, 'not-ready': red, stopped: red, unreachable: red, unknown: yellow },
  };
  const rows = found.map(({ service, node, address = '', version, state, checks, error }) => [
    ...[service, node, address, version, state],
    error ?? checksText(checks),
  ]);
  const paint = (text: string): string => looks[text as NodeState](text);
  const plain = (text: string): string => text;
  return table(rows, {
    colours,
    head: ['SERVICE', 'NODE', 'ADDRESS', 'VERSION', 'STATE', 'CHECKS'],
    styles: [plain, plain, plain, plain, paint],
  });
}

/** `3 healthy`, `database unhealthy, 2 healthy`. */
export function checksText(checks: NodeHealth['checks']): string {
  if (!checks) return 'not told';
  const others = checks.filter(({ state }) => state !== 'healthy').map(({ name, state }) => `${name} ${state}`);
  const healthy = checks.length - others.length;
  return [...others, ...(healthy > 0 ? [`${healthy} healthy`] : [])].join(', ') || 'none';
}
