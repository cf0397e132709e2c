import {
  isPacked,
  isTrap,
  type FieldPlan,
  type MessagePlan,
  type UnionPlan,
  type ValuePlan,
} from '../plan/message-plan.js';
import { Reader, wire, wrongWireType } from '../wire/reader.js';
import { readListValue, readStruct, readValue } from './anything.js';
import { tagOf } from './encoder.js';
import { bigScalars, scalars } from './scalars.js';
import { readTimestamp } from './timestamp.js';

type Fields = Record<string, unknown>;

/** Reads the fields of a message into `target`, until the end of what the reader was told to read. */
type ReadInto = (reader: Reader, target: Fields) => void;

interface FieldDecoder {
  /** With the tag before it read. */
  readonly read: ReadInto;
}

interface ValueDecoder {
  readonly wireType: number;
  /** @param before What was read of the same field, where there was something. */
  readonly read: (reader: Reader, before: unknown) => unknown;
}

// Tags up to this are looked up in a list: those of the fields 1 to 127.
const mostListed = 1024;
const zeros = new Uint8Array(8);

/** Compiles functions that read messages: once for each plan, also where messages are within themselves. */
export class DecoderCompiler {
  private readonly compiled = new Map<MessagePlan, MessageDecoder>();

  message(plan: MessagePlan): MessageDecoder {
    let known = this.compiled.get(plan);
    if (!known) {
      this.compiled.set(plan, (known = new MessageDecoder()));
      for (const field of plan.fields) this.field(known, field, plan);
    }
    return known;
  }

  private field(decoder: MessageDecoder, field: FieldPlan, plan: MessagePlan): void {
    const { number, shape, where } = field;
    const value = this.value(field.value);
    decoder.know(number, where);
    if (shape === 'list') {
      this.list(decoder, field, value);
    } else if (shape === 'map') {
      decoder.on(tagOf(number, wire.length), mapReader(field.key, value));
      if (field.implicit) decoder.fill(field.key, () => ({}));
    } else {
      const siblings = plan.fields.filter(
        ({ oneof, key }) => field.oneof && oneof === field.oneof && key !== field.key,
      );
      decoder.on(
        tagOf(number, value.wireType),
        singleReader(
          field.key,
          value,
          siblings.map(({ key }) => key),
        ),
      );
      if (field.implicit) decoder.fill(field.key, () => zeroOf(value));
    }
  }

  private list(decoder: MessageDecoder, field: FieldPlan, { wireType, read }: ValueDecoder): void {
    const { key, number, implicit } = field;
    decoder.on(tagOf(number, wireType), (reader, target) => {
      // Read before it is added: a list would otherwise be its own inner value.
      const element = read(reader, undefined);
      ((target[key] as unknown[] | undefined) ??= []).push(element);
    });
    if (isPacked(field.value)) {
      decoder.on(tagOf(number, wire.length), (reader, target) => {
        const list = ((target[key] as unknown[] | undefined) ??= []);
        const outer = reader.enter();
        while (reader.position < reader.end) list.push(read(reader, undefined));
        reader.leave(outer);
      });
    }
    if (implicit) decoder.fill(key, () => []);
  }

  private value(value: ValuePlan): ValueDecoder {
    switch (value.kind) {
      case 'scalar':
        return (value.big ? bigScalars[value.type] : undefined) ?? scalars[value.type];
      case 'enum': {
        const names = new Map([...value.numbers].reverse().map(([name, number]) => [number, name]));
        const read = (reader: Reader): unknown => {
          const number = reader.uint32() | 0;
          return names.get(number) ?? number;
        };
        return { wireType: wire.varint, read };
      }
      case 'date':
        return withLength(readTimestamp);
      case 'anything':
        return nested({ Value: readValue, Struct: structReader, ListValue: listReader }[value.form]);
      case 'message': {
        const decoder = this.message(value.plan);
        return nested((reader, before) => decoder.read(reader, before as Fields | undefined));
      }
      case 'list': {
        const decoder = this.message(value.plan);
        const { key } = value.field;
        // What comes in parts is put together, as of every message.
        return nested(
          (reader, before) => decoder.read(reader, before === undefined ? undefined : { [key]: before })[key],
        );
      }
      case 'union':
        return nested(this.union(value.plan));
    }
  }

  private union({ property, variants }: UnionPlan): ValueDecoder['read'] {
    const decoders = variants.map(({ name, plan }) => ({ name, decoder: this.message(plan) }));
    return (reader, before) => {
      let value = before as Fields | undefined;
      while (reader.position < reader.end) {
        const tag = reader.tag();
        const variant = decoders[(tag >>> 3) - 1];
        if (!variant) {
          reader.skip(tag);
          continue;
        }
        if ((tag & 7) !== wire.length) throw wrongWireType(tag);
        const outer = reader.enterMessage();
        // The same variant once more adds to it; another one takes its place.
        value = variant.decoder.read(reader, value?.[property] === variant.name ? value : undefined);
        value[property] = variant.name;
        reader.leaveMessage(outer);
      }
      return value;
    };
  }
}

/** The fields of one message, by their tags. */
export class MessageDecoder {
  private readonly listed: (FieldDecoder | undefined)[] = [];
  private readonly others = new Map<number, FieldDecoder>();
  private readonly known = new Map<number, string>();
  private readonly fills: { readonly key: string; readonly make: () => unknown }[] = [];

  know(number: number, where: string): void {
    this.known.set(number, where);
  }

  on(tag: number, read: ReadInto): void {
    if (tag < mostListed) {
      while (this.listed.length <= tag) this.listed.push(undefined);
      this.listed[tag] = { read };
    } else {
      this.others.set(tag, { read });
    }
  }

  /** What a message has where nothing is written. */
  fill(key: string, make: () => unknown): void {
    this.fills.push({ key, make });
  }

  read(reader: Reader, before?: Fields): Fields {
    const target = before ?? this.fresh();
    const { listed } = this;
    while (reader.position < reader.end) {
      const tag = reader.tag();
      const field = tag < listed.length ? listed[tag] : this.others.get(tag);
      if (field) field.read(reader, target);
      else this.unknown(reader, tag);
    }
    return target;
  }

  private fresh(): Fields {
    const target: Fields = {};
    for (const { key, make } of this.fills) target[key] = make();
    return target;
  }

  private unknown(reader: Reader, tag: number): void {
    const where = this.known.get(tag >>> 3);
    if (where !== undefined) throw wrongWireType(tag, where);
    reader.skip(tag);
  }
}

function singleReader(key: string, { read }: ValueDecoder, siblings: readonly string[]): ReadInto {
  if (siblings.length === 0) return (reader, target) => void (target[key] = read(reader, target[key]));
  return (reader, target) => {
    target[key] = read(reader, target[key]);
    for (const each of siblings) delete target[each];
  };
}

function mapReader(key: string, value: ValueDecoder): ReadInto {
  const keyTag = tagOf(1, wire.length);
  const valueTag = tagOf(2, value.wireType);
  return (reader, target) => {
    const outer = reader.enter();
    let entryKey = '';
    let entry: unknown;
    let found = false;
    while (reader.position < reader.end) {
      const tag = reader.tag();
      if (tag === keyTag) {
        entryKey = reader.string();
      } else if (tag === valueTag) {
        entry = value.read(reader, entry);
        found = true;
      } else {
        reader.expectUnknown(tag, 2);
      }
    }
    reader.leave(outer);
    const map = (target[key] ??= {}) as Fields;
    // Without a value it has the zero of its type; of a message, an empty one.
    if (!isTrap(entryKey)) map[entryKey] = found ? entry : zeroOf(value);
  };
}

/** All types read their zero from zeros, and messages that nothing is in. */
function zeroOf({ read }: ValueDecoder): unknown {
  return read(new Reader(zeros), undefined);
}

function structReader(reader: Reader, before: unknown): unknown {
  return readStruct(reader, before as Fields | undefined);
}

function listReader(reader: Reader, before: unknown): unknown {
  return readListValue(reader, before as unknown[] | undefined);
}

/** A message within a message: with its length, a level deeper. */
function nested(read: ValueDecoder['read']): ValueDecoder {
  return {
    wireType: wire.length,
    read: (reader, before) => {
      const outer = reader.enterMessage();
      const value = read(reader, before);
      reader.leaveMessage(outer);
      return value;
    },
  };
}

function withLength(read: (reader: Reader) => unknown): ValueDecoder {
  return {
    wireType: wire.length,
    read: (reader) => {
      const outer = reader.enter();
      const value = read(reader);
      reader.leave(outer);
      return value;
    },
  };
}
