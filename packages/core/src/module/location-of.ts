import type { Location } from '../container/location.js';
import { place } from './explain.js';
import type { ModuleNode, ProviderNode } from './graph.js';
import { at } from './problem.js';

/**
 * Where a module's class is declared, or a provider's; for a provider that is no class of its own, such as a value, where its
 * module is. `undefined` where nothing remembers it. Reads the source, so it is for tools.
 */
export function locationOf(node: ModuleNode | ProviderNode): Location | undefined {
  return 'token' in node ? place(node).at : at(node.site, node.type.name).at;
}
