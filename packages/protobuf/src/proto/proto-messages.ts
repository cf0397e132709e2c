import type { JsonSchema } from '@skerry/core';
import { SkerryError } from '@skerry/core';
import type { FieldPlan, MessagePlan, UnionPlan, ValuePlan } from '../plan/message-plan.js';
import { planOf } from '../plan/plan-of.js';
import { identifier, type ProtoService } from './proto-service.js';

/** A message of a `.proto`, with its fields in the order of their numbers. */
export interface ProtoMessage {
  readonly name: string;
  readonly fields: readonly ProtoField[];
}

export interface ProtoField {
  /** As the class has it; it is written {@link identifier | as an identifier}. */
  readonly name: string;
  readonly number: number;
  /** `string`, `repeated int32`, `map<string, bytes>`, `Address`, `google.protobuf.Timestamp`. */
  readonly type: string;
  /** Whether the zero of the type is written, too. */
  readonly optional: boolean;
  readonly oneof?: string | undefined;
}

/** What is in the files of google. */
const imports: Readonly<Record<string, string>> = {
  'google.protobuf.Timestamp': 'google/protobuf/timestamp.proto',
  'google.protobuf.Empty': 'google/protobuf/empty.proto',
  'google.protobuf.Value': 'google/protobuf/struct.proto',
  'google.protobuf.Struct': 'google/protobuf/struct.proto',
  'google.protobuf.ListValue': 'google/protobuf/struct.proto',
};

/** The messages of services, each once, and what they need. */
export class ProtoMessages {
  private readonly messages = new Map<string, { message: ProtoMessage; text: string }>();
  private readonly used = new Set<string>();

  constructor(services: readonly ProtoService[]) {
    for (const { handlers } of services) {
      for (const { request, reply } of handlers) for (const each of [request, reply]) if (each) this.typeOf(each);
    }
  }

  /** Sorted by name. */
  get all(): readonly ProtoMessage[] {
    return [...this.messages.values()].map(({ message }) => message).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Sorted. */
  get imports(): readonly string[] {
    return [...new Set([...this.used].map((type) => imports[type]!))].sort();
  }

  /** What an rpc names. A handler that says nothing takes nothing, and replies anything. */
  typeOf(schema: JsonSchema | undefined, absent = 'google.protobuf.Empty'): string {
    if (!schema) return this.google(absent);
    const plan = planOf(schema);
    return plan ? this.message(plan) : this.google('google.protobuf.Value');
  }

  private message(plan: MessagePlan): string {
    const name = identifier(plan.name);
    return this.define(name, plan, () =>
      plan.fields.map((field) => ({
        name: field.key,
        number: field.number,
        type: this.fieldType(field),
        optional: field.shape === 'single' && !field.implicit && field.oneof === undefined && isOptional(field.value),
        ...(field.oneof === undefined ? {} : { oneof: field.oneof }),
      })),
    );
  }

  private union(plan: UnionPlan): string {
    return this.define(identifier(plan.name), plan, () =>
      plan.variants.map((variant, index) => ({
        name: variant.name,
        number: index + 1,
        type: this.message(variant.plan),
        optional: false,
        oneof: plan.property,
      })),
    );
  }

  private readonly naming = new Map<string, object>();

  private define(name: string, plan: object, fields: () => ProtoField[]): string {
    // On its way already: it is within itself.
    if (this.naming.get(name) === plan) return name;
    const outer = this.naming.get(name);
    this.naming.set(name, plan);
    const message = { name, fields: fields().sort((a, b) => a.number - b.number) };
    const text = JSON.stringify(message);
    const twin = this.messages.get(name);
    if (twin && twin.text !== text) throw twoOf(name);
    if (!outer || !twin) this.messages.set(name, { message, text });
    return name;
  }

  private fieldType({ shape, value }: FieldPlan): string {
    const type = this.valueType(value);
    if (shape === 'list') return `repeated ${type}`;
    return shape === 'map' ? `map<string, ${type}>` : type;
  }

  private valueType(value: ValuePlan): string {
    switch (value.kind) {
      case 'scalar':
        return value.type;
      // Open enums, and their names are the class's business.
      case 'enum':
        return 'int32';
      case 'date':
        return this.google('google.protobuf.Timestamp');
      case 'anything':
        return this.google(`google.protobuf.${value.form}`);
      case 'message':
      case 'list':
        return this.message(value.plan);
      case 'union':
        return this.union(value.plan);
    }
  }

  private google(type: string): string {
    this.used.add(type);
    return type;
  }
}

/** Messages have presence without saying so. */
function isOptional({ kind }: ValuePlan): boolean {
  return kind === 'scalar' || kind === 'enum';
}

function twoOf(name: string): SkerryError {
  return new SkerryError(
    'SKERRY_OPTION_INVALID',
    `Cannot write a .proto: two classes are called ${name}, and have different fields. Rename one of them.`,
  );
}
