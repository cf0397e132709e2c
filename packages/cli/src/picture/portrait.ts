/** One or several applications as a picture shows them: cards with rows, and arrows between these. Plain data. */
export interface Portrait {
  /** Names of the applications, or of what else it shows. */
  readonly title: string;
  /** Their names: of their root modules, or of their packages in a workspace. */
  readonly applications: readonly string[];
  readonly cards: readonly Card[];
  readonly arrows: readonly Arrow[];
}

/**
 * - `module`: its rows are its providers, and below a service what can be called and what it takes.
 * - `topic`: what is published under one name, or a pattern of such names.
 * - `service`: one that belongs to none of the applications; its rows are its handlers, where the registry tells them.
 * - `skerry`: the building blocks of Skerry that an application uses, each with its engine.
 */
export type CardKind = 'module' | 'topic' | 'service' | 'skerry';

export interface Card {
  /** Unique among cards and rows. */
  readonly id: string;
  readonly kind: CardKind;
  readonly name: string;
  /** A few words beside the name: `global`, `2 nodes`. */
  readonly note: string;
  /** Index of the application that it is part of; absent for what is between applications. */
  readonly application?: number;
  /** It is folded until somebody wants to see what is in it: a module that only brings an engine. */
  readonly aside?: boolean;
  readonly rows: readonly Row[];
  readonly facts: readonly Fact[];
}

export type RowKind = 'service' | 'handler' | 'subscription' | 'class' | 'factory' | 'value' | 'existing' | 'block';

export interface Row {
  readonly id: string;
  /** Id of the service's row that a handler or a subscription belongs to. */
  readonly owner?: string;
  readonly kind: RowKind;
  readonly name: string;
  /** A few words beside the name: `request`, `exported`. */
  readonly note: string;
  readonly facts: readonly Fact[];
}

/** Something worth knowing about an item. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  /** Of many lines, such as a schema: folded until it is asked for. */
  readonly long?: boolean;
}

/**
 * - `needs`, `lazy`: a provider is given another; lazily where it need not exist yet.
 * - `calls`: through `@InjectClient`.
 * - `publishes`, `delivers`: a service to a topic, a topic to whoever subscribes.
 * - `imports`: between modules.
 * - `block`: a provider is given a building block of Skerry; most are, so it is shown only when asked for.
 */
export type ArrowKind = 'needs' | 'lazy' | 'calls' | 'publishes' | 'delivers' | 'imports' | 'block';

export interface Arrow {
  /** Of a row, or of a card. */
  readonly from: string;
  readonly to: string;
  readonly kind: ArrowKind;
}

export function fact(label: string, text: string | undefined): readonly Fact[] {
  return text === undefined || text === '' ? [] : [{ label, text }];
}

/** A JSON Schema, or another value of many lines. */
export function longFact(label: string, value: unknown): readonly Fact[] {
  return value === undefined ? [] : [{ label, text: JSON.stringify(value, undefined, 2), long: true }];
}
