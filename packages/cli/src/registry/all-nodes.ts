import type { NodeRecord } from '@skerry/core';
import type { RegistryAccess } from '../fleet/registry-access.js';

// Enough to hide the way to an engine, few enough for it not to mind.
const atOnce = 16;

/** Everything that the registry knows: the nodes of each service, by name and sorted, and what the registry is called. */
export async function allNodes({ registry, registryName }: Pick<RegistryAccess, 'registry' | 'registryName'>): Promise<{
  registry: string;
  nodes: ReadonlyMap<string, readonly NodeRecord[]>;
}> {
  const names = await registry.services();
  const nodes = new Map<string, readonly NodeRecord[]>();
  const left = [...names];
  const lookUp = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) nodes.set(name, await registry.lookup(name));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, names.length) }, lookUp));
  // A service may have gone since it was listed.
  const living = names.flatMap((name) => (nodes.get(name)?.length ? [[name, nodes.get(name)!] as const] : []));
  return { registry: registryName, nodes: new Map(living) };
}
