import type * as Core from '@skerry/core';
import type { Contract } from '@skerry/core';
import type { Loaded } from '../application/loaded.js';
import { calledService, drawingOf, type Drawing } from './drawing.js';

/** Several applications with what goes between them: what is drawn, and what `--json` prints. Plain data. */
export interface System {
  readonly applications: readonly DrawnApplication[];
  readonly calls: readonly DrawnCall[];
  /** By name. */
  readonly topics: readonly DrawnTopic[];
}

export interface DrawnApplication extends Drawing {
  readonly name: string;
}

/** That a provider was given a client. */
export interface DrawnCall {
  readonly application: string;
  /** Id of the provider in its application's drawing. */
  readonly from: string;
  /** The service that is called. */
  readonly service: string;
  /** The application that serves it; absent where it is none of these. */
  readonly to?: string;
  readonly lazy: boolean;
}

export interface DrawnTopic {
  /** A pattern where somebody subscribes to one that no topic of these applications has. */
  readonly topic: string;
  /** Services that say so. */
  readonly publishedBy: readonly Party[];
  readonly deliveredTo: readonly Subscriber[];
}

export interface Party {
  readonly application: string;
  readonly service: string;
}

export interface Subscriber extends Party {
  readonly method: string;
}

/** @param all Also what Skerry itself provides, where something needs it. */
export function systemOf(loaded: readonly Loaded[], all: boolean, core: typeof Core): System {
  const applications = loaded.map(({ name, app }): DrawnApplication => ({ name, ...drawingOf(app.graph, all) }));
  const servedBy = new Map(
    loaded.flatMap(({ name, app }) => app.contract.services.map((service) => [service.name, name] as const)),
  );
  return {
    applications,
    calls: applications.flatMap((each) => callsOf(each, servedBy)),
    topics: topicsOf(
      loaded.map(({ name, app }) => ({ application: name, contract: app.contract })),
      core,
    ),
  };
}

function callsOf({ name, modules }: DrawnApplication, servedBy: ReadonlyMap<string, string>): DrawnCall[] {
  return modules
    .flatMap(({ providers }) => providers)
    .flatMap(({ id: from, dependencies }) =>
      dependencies.flatMap(({ to: needed, lazy }): DrawnCall[] => {
        const service = calledService(needed);
        if (service === undefined) return [];
        const to = servedBy.get(service);
        return [{ application: name, from, service, ...(to === undefined ? {} : { to }), lazy }];
      }),
    );
}

function topicsOf(
  contracts: readonly { readonly application: string; readonly contract: Contract }[],
  { isPattern, topicMatcher }: typeof Core,
): DrawnTopic[] {
  const services = contracts.flatMap(({ application, contract }) =>
    contract.services.map(({ name, publishes, subscriptions }) => ({
      party: { application, service: name },
      publishes: publishes.map(({ topic }) => topic),
      subscriptions: subscriptions.map(({ name: method, from }) => ({ method, topic: from.topic })),
    })),
  );
  const names = new Set(
    services.flatMap(({ publishes, subscriptions }) => [...publishes, ...subscriptions.map(({ topic }) => topic)]),
  );
  const exact = [...names].filter((name) => !isPattern(name));
  const unmatched = [...names].filter((name) => isPattern(name) && !exact.some(topicMatcher(name)));
  const gets = (subscribed: string, topic: string): boolean =>
    subscribed === topic || (!isPattern(topic) && isPattern(subscribed) && topicMatcher(subscribed)(topic));
  return [...exact, ...unmatched].sort().map((topic) => ({
    topic,
    publishedBy: services.filter(({ publishes }) => publishes.includes(topic)).map(({ party }) => party),
    deliveredTo: services.flatMap(({ party, subscriptions }) =>
      subscriptions.filter((each) => gets(each.topic, topic)).map(({ method }) => ({ ...party, method })),
    ),
  }));
}
