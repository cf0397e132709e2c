import type * as Core from '@skerry/core';
import type { NodeRecord } from '@skerry/core';
import type { Loaded } from '../application/loaded.js';
import { newestFirst } from '../registry/versions.js';
import { applicationPart, type ApplicationPart } from './application-cards.js';
import { fact, longFact, type Arrow, type Card, type Portrait } from './portrait.js';
import { handlerRow } from './service-rows.js';

/** What is running, by service: as the registry tells it. */
export type Running = ReadonlyMap<string, readonly NodeRecord[]>;

/** Puts applications side by side, with what goes between them: calls, topics, and services that are none of theirs. */
export function compose(applications: readonly Loaded[], core: typeof Core, running?: Running): Portrait {
  const several = applications.length > 1;
  const parts = applications.map((each, index) =>
    applicationPart(each, several ? `${index + 1} ` : '', several ? `root of ${each.name}` : 'root'),
  );
  const serving = new Map(parts.flatMap(({ services }) => [...services]));
  const called = new Set(parts.flatMap(({ clients }) => clients.map(({ service }) => service)));
  const others = [...new Set([...called, ...(running?.keys() ?? [])])].filter(
    // Not those by which Skerry's own parts talk to each other.
    (name) => !serving.has(name) && !name.startsWith('skerry.'),
  );
  const calls = parts.flatMap(({ clients }) =>
    clients.map(({ from, service }): Arrow => ({
      from,
      to: serving.get(service) ?? serviceId(service),
      kind: 'calls',
    })),
  );
  const topics = topicParts(parts, core);
  const cards = [
    ...parts.flatMap((part, application) =>
      part.cards.map((card) => ({ ...withNodes(card, part, running), ...(several ? { application } : {}) })),
    ),
    ...others.map((name) => serviceCard(name, running?.get(name))),
    ...topics.cards,
  ];
  return {
    title: applications.map(({ name }) => name).join(', ') || 'Running services',
    applications: applications.map(({ name }) => name),
    cards,
    arrows: unique([...parts.flatMap(({ arrows }) => arrows), ...calls, ...topics.arrows]),
  };
}

function serviceId(name: string): string {
  return `service ${name}`;
}

/** A service that belongs to none of the applications. */
function serviceCard(name: string, nodes: readonly NodeRecord[] = []): Card {
  const endpoints = new Map(nodes.flatMap((node) => node.endpoints.map((each) => [each.name, each] as const)));
  return {
    id: serviceId(name),
    kind: 'service',
    name,
    note: nodes.length > 0 ? nodeCount(nodes) : 'elsewhere',
    rows: [...endpoints.values()].map((each) => handlerRow(serviceId(name), each)),
    facts: [
      { label: 'service', text: name },
      ...(nodes.length > 0 ? [] : [{ label: 'where', text: 'in none of the applications that are shown' }]),
      ...nodeFacts(nodes),
    ],
  };
}

/** Of what is running the rows of services tell, too. */
function withNodes(card: Card, { services }: ApplicationPart, running: Running | undefined): Card {
  if (!running) return card;
  const names = new Map([...services].map(([name, id]) => [id, name]));
  const rows = card.rows.map((row) => {
    const name = names.get(row.id);
    if (name === undefined) return row;
    const nodes = running.get(name) ?? [];
    const note = `${row.note} · ${nodes.length > 0 ? nodeCount(nodes) : 'not running'}`;
    return { ...row, note, facts: [...row.facts, ...nodeFacts(nodes)] };
  });
  return { ...card, rows };
}

function nodeCount({ length }: readonly NodeRecord[]): string {
  return `${length} ${length === 1 ? 'node' : 'nodes'}`;
}

function nodeFacts(nodes: readonly NodeRecord[]): Card['facts'] {
  return [
    ...fact('versions', newestFirst(nodes.map(({ version }) => version)).join(', ')),
    ...nodes.map(({ id, addresses }) => ({ label: 'node', text: [id, ...Object.values(addresses)].join('\n') })),
  ];
}

function topicParts(
  parts: readonly ApplicationPart[],
  { isPattern, topicMatcher }: typeof Core,
): { cards: Card[]; arrows: Arrow[] } {
  const topics = new Map<string, { description?: string | undefined; message?: unknown }>();
  const arrows: Arrow[] = [];
  const know = (topic: string, description: string | undefined, message: unknown): string => {
    const known = topics.get(topic);
    topics.set(topic, { description: known?.description ?? description, message: known?.message ?? message });
    return topicId(topic);
  };
  for (const { contract, services } of parts) {
    for (const { name, publishes, subscriptions } of contract.services) {
      const row = services.get(name);
      if (row === undefined) continue;
      for (const { topic, description, message } of publishes) {
        arrows.push({ from: row, to: know(topic, description, message), kind: 'publishes' });
      }
      for (const { name: method, from } of subscriptions) {
        const to = `${row}/subscription ${method} ${from.topic}`;
        arrows.push({ from: know(from.topic, from.description, from.message), to, kind: 'delivers' });
      }
    }
  }
  const names = [...topics.keys()];
  for (const pattern of names.filter(isPattern)) {
    const meant = names.filter((each) => !isPattern(each) && topicMatcher(pattern)(each));
    arrows.push(...meant.map((each): Arrow => ({ from: topicId(each), to: topicId(pattern), kind: 'delivers' })));
  }
  const published = new Set(arrows.filter(({ kind }) => kind === 'publishes').map(({ to }) => to));
  const cards = [...topics].map(([topic, { description, message }]): Card => {
    const about = isPattern(topic) ? 'pattern' : 'topic';
    const publisher = published.has(topicId(topic)) || isPattern(topic) ? undefined : 'no service shown says so';
    return {
      id: topicId(topic),
      kind: 'topic',
      name: topic,
      note: about,
      rows: [],
      facts: [
        { label: about, text: topic },
        ...fact('about', description),
        ...fact('published by', publisher),
        ...longFact('message', message),
      ],
    };
  });
  return { cards, arrows };
}

function topicId(topic: string): string {
  return `topic ${topic}`;
}

function unique(arrows: readonly Arrow[]): Arrow[] {
  return [...new Map(arrows.map((each) => [`${each.from}\n${each.to}\n${each.kind}`, each])).values()];
}
