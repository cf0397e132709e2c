import { isMap, isPair, isScalar, parseDocument, type Pair } from 'yaml';
import { UsageError } from '../../usage-error.js';
import type { FileTree } from '../tree/file-tree.js';
import { nameOf } from './names.js';
import type { Workspace } from './workspace.js';

const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

/** Deploys a service as another one is: in the compose file, and in kubernetes/, where those have the other one. */
export function addDeployment({ tree, apps }: Workspace, model: string, name: string): void {
  const others = [model, ...apps.map((each) => each.name).filter((each) => each !== model)];
  addToCompose(tree, others, name);
  const path = (each: string): string => `kubernetes/${each}.yaml`;
  if (tree.read(path(name)) !== undefined) return;
  const texts = others.flatMap((each) => {
    const text = tree.read(path(each));
    return text === undefined ? [] : [{ each, text }];
  });
  // What has the least of its own: no entrance for others.
  const [plainest] = texts.sort((a, b) => documents(a.text) - documents(b.text));
  if (plainest) tree.write(path(name), renamed(plainest.text, plainest.each, name));
}

/** Adds a server that engines need to the compose file, if there is one that does not have it. */
export function addServer(tree: FileTree, name: string, lines: readonly string[]): void {
  const compose = readCompose(tree);
  if (!compose || compose.entries.some((each) => each.name === name)) return;
  const { text, indent, entries } = compose;
  const deeper = lines.map((line) =>
    line === '' ? line : indent + line.replace(/^(?: {2})+/, (blanks) => indent.repeat(blanks.length / 2)),
  );
  const end = entries.at(-1)!.end;
  tree.write(
    compose.path,
    insertedAt(text, end, [`${indent}${name}:`, ...deeper.map((line) => indent + line)].join('\n')),
  );
}

function addToCompose(tree: FileTree, others: readonly string[], name: string): void {
  const compose = readCompose(tree);
  if (!compose || compose.entries.some((each) => each.name === name)) return;
  const candidates = others.flatMap((other) => compose.entries.find((each) => each.name === other) ?? []);
  // A port of the machine can be given away once only.
  const model = candidates.find(({ body }) => !/^\s*ports:/m.test(body)) ?? candidates[0];
  if (!model) return;
  const body = renamed(withoutPorts(model.body), model.name, name);
  tree.write(compose.path, insertedAt(compose.text, model.end, body));
}

interface Entry {
  readonly name: string;
  /** Its lines, from that with its name on, without the last line break. */
  readonly body: string;
  /** Where its last line ends. */
  readonly end: number;
}

function readCompose(tree: FileTree): { path: string; text: string; indent: string; entries: Entry[] } | undefined {
  const path = composeFiles.find((each) => tree.read(each) !== undefined);
  const text = path && tree.read(path);
  if (!path || text === undefined) return undefined;
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error)
    throw new UsageError(`Cannot read ${path}: ${error.message.split('\n')[0]}.`, 'mend the file; nothing was changed');
  const services = document.get('services', true);
  if (!isMap(services) || services.flow || services.items.length === 0) return undefined;
  const entries = services.items.flatMap((pair) => entryOf(text, pair as Pair) ?? []);
  const first = entries[0];
  if (!first) return undefined;
  return { path, text, indent: /^ */.exec(first.body)![0], entries };
}

function entryOf(text: string, pair: Pair): Entry | undefined {
  if (!isPair(pair) || !isScalar(pair.key) || !pair.key.range) return undefined;
  const value = pair.value as { range?: [number, number, number] } | null;
  const start = text.lastIndexOf('\n', pair.key.range[0]) + 1;
  // Where a value ends is behind the line break; comments of what comes next are not its own.
  const end = start + text.slice(start, value?.range?.[1] ?? pair.key.range[1]).trimEnd().length;
  return { name: String(pair.key.value), body: text.slice(start, end), end };
}

function insertedAt(text: string, end: number, body: string): string {
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = body.split(/\r?\n/).join(lineBreak);
  const rest = text.slice(end);
  return text.slice(0, end) + lineBreak.repeat(2) + lines + (rest === '' ? lineBreak : rest);
}

/** Without the ports of the machine, and the comments that stand above them. */
function withoutPorts(body: string): string {
  const lines = body.split('\n');
  const at = lines.findIndex((line) => /^\s*ports:/.test(line));
  if (at < 0) return body;
  const depth = /^\s*/.exec(lines[at]!)![0].length;
  let [from, to] = [at, at + 1];
  while (/^\s*#/.test(lines[from - 1] ?? '')) from--;
  while (to < lines.length && (/^\s*-/.test(lines[to]!) || /^\s*/.exec(lines[to]!)![0].length > depth)) to++;
  return [...lines.slice(0, from), ...lines.slice(to)].join('\n');
}

/** With another name wherever the old one stands by itself, in any of its forms. */
function renamed(text: string, from: string, to: string): string {
  const [old, other] = [nameOf(from, 'an application'), nameOf(to, 'an application')];
  return (['kebab', 'pascal', 'camel'] as const).reduce(
    (changed, form) => changed.replace(new RegExp(`(?<![\\w-])${old[form]}(?![\\w-])`, 'g'), other[form]),
    text,
  );
}

function documents(text: string): number {
  return text.split(/^---/m).length;
}
