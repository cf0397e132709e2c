import type { WorkspacePackage } from './workspace.js';

/** Packages behind those of them that they depend on. What depends on each other stays as it was. */
export function inDependencyOrder(packages: readonly WorkspacePackage[]): WorkspacePackage[] {
  const byName = new Map(packages.map((each) => [each.manifest.name, each]));
  const ordered = new Set<WorkspacePackage>();
  const visiting = new Set<WorkspacePackage>();
  const visit = (each: WorkspacePackage): void => {
    if (ordered.has(each) || visiting.has(each)) return;
    visiting.add(each);
    for (const name of dependencyNames(each)) {
      const needed = byName.get(name);
      if (needed) visit(needed);
    }
    ordered.add(each);
  };
  packages.forEach(visit);
  return [...ordered];
}

function dependencyNames({
  manifest: { dependencies, devDependencies, peerDependencies },
}: WorkspacePackage): string[] {
  return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
}
