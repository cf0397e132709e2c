import type { Colours } from '../terminal/colours.js';
import { printableLine } from '../terminal/printable.js';
import { labelled } from '../terminal/rows.js';
import { mostPaths, type Choice, type NeededBy, type Why, type WhyProvider } from './why.js';

const kinds = { class: 'class', factory: 'factory', value: 'value', existing: 'another name' } as const;

/** For people: a block for each provider, then which of them is given to whom. */
export function whyText({ token, application, providers, choices }: Why, { bold, cyan, dim }: Colours): string {
  const blocks = providers.map((provider) => {
    const { service, kind, scope, multi, fallback } = provider;
    const traits = [
      service === undefined ? kinds[kind] : `service '${service}'`,
      ...(kind === 'existing' ? [] : [scope]),
      ...(multi ? ['multi'] : []),
      ...(fallback ? ['fallback'] : []),
    ];
    const head = `${bold(service === undefined ? printableLine(token) : cyan(printableLine(token)))}  ${dim(printableLine(traits.join(', ')))}`;
    return [
      head,
      ...labelled(rowsOf(provider, application).map(([label, text]) => [label, lines(text)] as const)),
    ].join('\n');
  });
  const rows = choices.map((choice) => [printableLine(choice.module), lines(choiceText(choice))] as const);
  const wins =
    rows.length === 0 ? [] : [[bold(`who gets which ${printableLine(token)}`), ...labelled(rows)].join('\n')];
  return [...blocks, ...wins].join('\n\n');
}

function rowsOf(provider: WhyProvider, application: string): [string, readonly string[]][] {
  const { module, moduleAt, at, type, paths, seenBy, needs, neededBy, chains, hooks } = provider;
  const where = moduleAt === undefined ? module : `${module} (${moduleAt})`;
  const ways = paths.map((path) => path.join(' > '));
  return [
    ...(type === undefined ? [] : [['made by', [`the class ${type}`]] as [string, string[]]]),
    ...(at === undefined || at === moduleAt ? [] : [['at', [at]] as [string, string[]]]),
    ['in', [where]],
    ['path', ways.length === 0 ? [`Skerry's own, in ${application} without asking`] : atMost(ways)],
    ['seen by', [seenBy]],
    ['needs', needs.length === 0 ? ['nothing'] : needs],
    ['needed by', neededBy.length === 0 ? [nobody(provider)] : atMost(neededBy.map(needText))],
    ...(chains.length === 0 ? [] : [['for', atMost(chains.map((chain) => chain.join(' > ')))] as [string, string[]]]),
    ['created', [lifeText(provider)]],
    ...(hooks.length === 0 ? [] : [['hooks', hooks] as [string, string[]]]),
  ];
}

function needText({ name, module, lazy, stage }: NeededBy): string {
  return `${name} (${module})${lazy ? ', lazily' : ''}${stage ? ', before its handlers' : ''}`;
}

function nobody({ service, hooks, paths }: WhyProvider): string {
  if (paths.length === 0) return 'nobody';
  if (service !== undefined) return `nobody here: callers, as '${service}'`;
  return hooks.length > 0 ? 'nobody: it has hooks' : 'nobody: skerry unused tells more';
}

function lifeText({ kind, scope, createdAs }: WhyProvider): string {
  if (kind === 'value') return 'not by Skerry: it is a value, and its hooks are not called';
  if (kind === 'existing') return 'not at all: it is another name of what it needs';
  if (scope === 'request') return 'for each call that needs it';
  if (scope === 'transient' || !createdAs) return 'for each that needs it, once each';
  return `once, when the application starts: ${createdAs.place} of ${createdAs.of}`;
}

function choiceText({ gets, others }: Choice): string[] {
  const which = gets.length > 1 ? `all of ${gets.join(', ')}` : `that of ${gets[0]}`;
  return [which, ...others.map(({ module, because }) => `not that of ${module}: ${because}`)];
}

function atMost(texts: readonly string[]): readonly string[] {
  return texts.length < mostPaths ? texts : [...texts.slice(0, mostPaths), '...'];
}

function lines(texts: readonly string[]): string {
  return texts.map(printableLine).join('\n');
}
