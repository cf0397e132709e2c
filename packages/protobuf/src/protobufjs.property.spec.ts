import fc from 'fast-check';
import protobufjs from 'protobufjs';
import { cases, type Case } from './fixtures/random-schemas.js';
import { planOf } from './plan/plan-of.js';
import type { FieldPlan, MessagePlan, ValuePlan } from './plan/message-plan.js';
import { protoFile } from './proto/proto-file.js';
import { identifier } from './proto/proto-service.js';
import { ProtobufCodec } from './protobuf-codec.js';

const codec = new ProtobufCodec();

/** What another implementation makes of the `.proto` that we write. */
function theirs({ schema }: Case): protobufjs.Type {
  const text = protoFile([{ name: 'Random', handlers: [{ name: 'any', kind: 'unary', request: schema }] }]);
  const root = protobufjs.parse(text.replace(/^import .*$/gm, ''), { keepCase: true }).root;
  for (const file of ['google/protobuf/struct.proto', 'google/protobuf/timestamp.proto']) {
    root.addJSON(protobufjs.common.get(file)!.nested!);
  }
  return root.lookupType(identifier(planOf(schema)!.name));
}

test('protobufjs reads what we write, and we read what it writes: random messages of random schemas', () => {
  fc.assert(
    fc.property(cases(), (each) => {
      const plan = planOf(each.schema)!;
      const ours = codec.forSchema(each.schema);
      const type = theirs(each);
      const bytes = ours.encode(each.message);
      expect(ours.decode(bytes)).toEqual(each.message);
      expect(fromTheirs(plan, type.decode(bytes))).toEqual(each.message);
      const back = type.encode(toTheirs(plan, each.message)).finish();
      expect(ours.decode(back)).toEqual(each.message);
    }),
    { numRuns: 150 },
  );
});

const { Long } = protobufjs.util as unknown as {
  Long: { fromString(text: string, unsigned: boolean): { toString(): string } };
};

function toTheirs(plan: MessagePlan, message: Record<string, unknown>): Record<string, unknown> {
  return convert(plan, message, (value, each) => {
    switch (value.kind) {
      case 'scalar':
        return value.type.endsWith('64') ? Long.fromString(String(each), /^u|^fixed/.test(value.type)) : each;
      case 'enum':
        return value.numbers.get(each as string);
      case 'date': {
        const ms = (each as Date).getTime();
        const seconds = Math.floor(ms / 1000);
        return { seconds: Long.fromString(String(seconds), false), nanos: (ms - seconds * 1000) * 1e6 };
      }
      case 'anything':
        return toValue(each);
      case 'message':
        return toTheirs(value.plan, each as Record<string, unknown>);
      case 'list':
        return toTheirs(value.plan, { values: each });
      case 'union':
        throw new Error('tried elsewhere');
    }
  });
}

function fromTheirs(plan: MessagePlan, message: object): Record<string, unknown> {
  return convert(plan, message as Record<string, unknown>, (value, each) => {
    switch (value.kind) {
      case 'scalar':
        if (value.type === 'bytes') return new Uint8Array(each as Uint8Array);
        if (!value.type.endsWith('64')) return each;
        return value.big ? BigInt(String(each)) : Number(String(each));
      case 'enum':
        return [...value.numbers].find(([, number]) => number === each)![0];
      case 'date': {
        const { seconds, nanos } = each as { seconds: unknown; nanos: number };
        return new Date(Number(String(seconds)) * 1000 + nanos / 1e6);
      }
      case 'anything':
        return fromValue(each as Record<string, never>);
      case 'message':
        return fromTheirs(value.plan, each as object);
      case 'list':
        return fromTheirs(value.plan, each as object)['values'] ?? [];
      case 'union':
        throw new Error('tried elsewhere');
    }
  });
}

function convert(
  plan: MessagePlan,
  message: Record<string, unknown>,
  each: (value: ValuePlan, given: unknown) => unknown,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const field of plan.fields) {
    const given = Object.hasOwn(message, field.key) ? message[field.key] : undefined;
    if (given === undefined || given === null) continue;
    // protobufjs makes empty ones of those that are absent.
    if (field.shape !== 'single' && Object.keys(given).length === 0) continue;
    result[field.key] = convertField(field, given, each);
  }
  return result;
}

function convertField(
  { shape, value }: FieldPlan,
  given: unknown,
  each: (value: ValuePlan, given: unknown) => unknown,
): unknown {
  if (shape === 'list') return (given as unknown[]).map((element) => each(value, element));
  if (shape === 'single') return each(value, given);
  return Object.fromEntries(Object.entries(given as object).map(([key, element]) => [key, each(value, element)]));
}

function toValue(value: unknown): object {
  if (value === null) return { nullValue: 0 };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  const fields = Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, toValue(each)]));
  return { structValue: { fields } };
}

function fromValue(value: Record<string, never>): unknown {
  const kind = ['numberValue', 'stringValue', 'boolValue', 'nullValue', 'listValue', 'structValue'].find((each) =>
    Object.hasOwn(value, each),
  );
  if (kind === 'listValue') return (value[kind]!['values'] as Record<string, never>[]).map(fromValue);
  if (kind === 'structValue') {
    return Object.fromEntries(
      Object.entries(value[kind]!['fields'] as object).map(([key, each]) => [key, fromValue(each as never)]),
    );
  }
  return kind === 'nullValue' ? null : value[kind!];
}
