import type { ScalarType } from '@skerry/core';
import type { Anything } from './keywords.js';

/** How a message is written: its JSON Schema, with everything decided. */
export interface MessagePlan {
  /** Of its class. */
  readonly name: string;
  /** In the order of the class. Filled after the plan was made: messages may be within themselves. */
  readonly fields: FieldPlan[];
}

export interface FieldPlan {
  /** The property. */
  readonly key: string;
  /** For errors: `HelloRequest.age`. */
  readonly where: string;
  readonly number: number;
  readonly shape: 'single' | 'list' | 'map';
  /** Of the field, of each element of a list, or of each value of a map. */
  readonly value: ValuePlan;
  /** Absent means the zero of its type, which is not written; with lists and maps, absent means empty. */
  readonly implicit: boolean;
  readonly oneof?: string;
}

export type ValuePlan =
  | { readonly kind: 'scalar'; readonly type: ScalarType; readonly big: boolean }
  | { readonly kind: 'enum'; readonly numbers: ReadonlyMap<string, number> }
  | { readonly kind: 'date' }
  | { readonly kind: 'anything'; readonly form: Anything }
  | { readonly kind: 'message'; readonly plan: MessagePlan }
  /** A list where the format has none, within a list or a map: a message that holds it, as its field `values`, number 1. */
  | { readonly kind: 'list'; readonly plan: MessagePlan; readonly field: FieldPlan }
  | { readonly kind: 'union'; readonly plan: UnionPlan };

/** A message with one `oneof`: which of the classes of a union it is. */
export interface UnionPlan {
  readonly name: string;
  /** The property by which JSON tells them apart. It is not written: the number says the same. */
  readonly property: string;
  /** The first has the number 1. */
  readonly variants: readonly { readonly name: string; readonly plan: MessagePlan }[];
}

/** A field that a codec drops, as JSON does: an own property of that name would be a trap for whoever copies it. */
export function isTrap(key: string): boolean {
  return key === '__proto__' || key === 'constructor';
}

/** Scalars that are written one behind the other in a list, with one length for all. */
export function isPacked(value: ValuePlan): boolean {
  return value.kind === 'enum' || (value.kind === 'scalar' && value.type !== 'string' && value.type !== 'bytes');
}
