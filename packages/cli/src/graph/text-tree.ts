import type { Colours } from '../terminal/colours.js';
import { printableLine } from '../terminal/printable.js';
import type { Drawing, DrawnDependency, DrawnModule, DrawnProvider } from './drawing.js';

/**
 * A tree of modules for people: each with its providers, what they are and what they need, then the modules that it
 * imports. A module that is imported in several places is shown in the first.
 */
export function textTree(drawing: Drawing, colours: Colours): string {
  return new Tree(drawing, colours).lines().join('\n');
}

interface Branch {
  readonly label: string;
  readonly branches: readonly Branch[];
}

class Tree {
  private readonly modules: ReadonlyMap<string, DrawnModule>;
  /** What a dependency is called, and the module that it is in. */
  private readonly targets: ReadonlyMap<string, { name: string; module?: string }>;
  private readonly shown = new Set<string>();

  constructor(
    private readonly drawing: Drawing,
    private readonly colours: Colours,
  ) {
    const { modules, outside } = drawing;
    this.modules = new Map(modules.map((module) => [module.name, module]));
    this.targets = new Map([
      ...modules.flatMap(({ name: module, providers }) =>
        providers.map(({ id, name }) => [id, { name, module }] as const),
      ),
      ...outside.map(({ id, name }) => [id, { name }] as const),
    ]);
  }

  lines(): string[] {
    const root = this.branch(this.drawing.root);
    return [root.label, ...below(root.branches, '')];
  }

  private branch(name: string): Branch {
    const { bold, dim } = this.colours;
    const module = this.modules.get(name)!;
    const again = this.shown.has(name);
    this.shown.add(name);
    const traits = again ? ['shown above'] : moduleTraits(module);
    const label = `module ${bold(printableLine(name))}${traits.length > 0 ? dim(` (${traits.join(', ')})`) : ''}`;
    if (again) return { label, branches: [] };
    return {
      label,
      branches: [...this.providerBranches(module), ...module.imports.map((each) => this.branch(each))],
    };
  }

  private providerBranches({ name: module, providers }: DrawnModule): Branch[] {
    const cells = providers.map((provider) => [printableLine(provider.name), traitsOf(provider)] as const);
    const [nameWidth = 0, traitsWidth = 0] = [0, 1].map((column) =>
      Math.max(0, ...cells.map((row) => row[column]!.length)),
    );
    return providers.map((provider, index) => {
      const [name, traits] = cells[index]!;
      const { bold, cyan, dim } = this.colours;
      const shownName = provider.service === undefined ? name : bold(cyan(name));
      const arrows = provider.dependencies.map((each) => this.arrow(each, module)).join(', ');
      const label = [
        shownName + ' '.repeat(nameWidth - name.length),
        dim(traits) + (arrows ? ' '.repeat(traitsWidth - traits.length) : ''),
        ...(arrows ? [`${dim('─▶')} ${arrows}`] : []),
      ].join('  ');
      return { label, branches: [] };
    });
  }

  private arrow({ to, lazy }: DrawnDependency, from: string): string {
    const { name, module } = this.targets.get(to)!;
    const where = module === undefined || module === from ? '' : ` (${printableLine(module)})`;
    return `${lazy ? 'lazily ' : ''}${printableLine(name)}${where && this.colours.dim(where)}`;
  }
}

function moduleTraits({ global, providers, exports }: DrawnModule): string[] {
  const own = new Set(providers.filter(({ exported }) => exported).map(({ name }) => name));
  const passedOn = exports.filter((name) => !own.has(name)).map(printableLine);
  return [...(global ? ['global'] : []), ...(passedOn.length > 0 ? [`passes on ${passedOn.join(', ')}`] : [])];
}

function traitsOf({ kind, scope, service, exported, multi }: DrawnProvider): string {
  const traits = [
    service === undefined ? kind : `service '${printableLine(service)}'`,
    // Another name for something lives as long as that does.
    ...(kind === 'existing' ? [] : [scope]),
    ...(multi ? ['multi'] : []),
    ...(exported ? ['exported'] : []),
  ];
  return traits.join(', ');
}

function below(branches: readonly Branch[], indent: string): string[] {
  return branches.flatMap(({ label, branches: inner }, index) => {
    const last = index === branches.length - 1;
    return [`${indent}${last ? '└─' : '├─'} ${label}`, ...below(inner, `${indent}${last ? '   ' : '│  '}`)];
  });
}
