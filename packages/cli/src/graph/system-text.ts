import type { Colours } from '../terminal/colours.js';
import { printableLine } from '../terminal/printable.js';
import { labelled } from '../terminal/rows.js';
import type { DrawnCall, DrawnTopic, System } from './system.js';
import { textTree } from './text-tree.js';

/** For people: the tree of each application, then who calls whom, and which topics connect them. */
export function systemText({ applications, calls, topics }: System, colours: Colours): string {
  const { bold, cyan, dim } = colours;
  const trees = applications.map((each) => `${bold(cyan(printableLine(each.name)))}\n${textTree(each, colours)}`);
  const between = [
    ...block(
      'calls',
      calls.map((call) => [callerOf(call), `${dim('─▶')} ${calledOf(call, dim)}`]),
      bold,
    ),
    ...block(
      'topics',
      topics.map((topic) => [topic.topic, waysOf(topic, dim)]),
      bold,
    ),
  ];
  return [...trees, ...between].join('\n\n');
}

function block(title: string, rows: readonly (readonly [string, string])[], bold: Colours['bold']): string[] {
  if (rows.length === 0) return [];
  return [[bold(title), ...labelled(rows.map(([label, text]) => [printableLine(label), text]))].join('\n')];
}

function callerOf({ application, from }: DrawnCall): string {
  return `${application} ${from}`;
}

function calledOf({ service, to, lazy }: DrawnCall, dim: Colours['dim']): string {
  const where = to === undefined ? ' (none of these applications)' : to === service ? '' : ` (${to})`;
  return `${lazy ? 'lazily ' : ''}${printableLine(service)}${where && dim(printableLine(where))}`;
}

/** `greeter ─▶ reception.onGreeted, audit.onGreeted` */
function waysOf({ publishedBy, deliveredTo }: DrawnTopic, dim: Colours['dim']): string {
  const from = publishedBy.map(({ service }) => printableLine(service)).join(', ') || dim('(no service here says so)');
  const to = deliveredTo.map(({ service, method }) => printableLine(`${service}.${method}`)).join(', ');
  return `${from} ${dim('─▶')} ${to || dim('(nobody here)')}`;
}
