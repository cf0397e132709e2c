import { cannotEncode, kindOf } from '../wire/failures.js';
import { isTrap } from '../plan/message-plan.js';
import type { Reader } from '../wire/reader.js';
import type { Writer } from '../wire/writer.js';

/*
 * google.protobuf.Value, Struct and ListValue: what JSON can say, in the wire format.
 *
 *     message Value { oneof kind { NullValue null_value = 1; double number_value = 2; string string_value = 3;
 *       bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6; } }
 *     message Struct { map<string, Value> fields = 1; }
 *     message ListValue { repeated Value values = 1; }
 */
const tags = {
  null: 8,
  number: 17,
  string: 26,
  bool: 32,
  struct: 42,
  list: 50,
  entry: 10,
  key: 10,
  value: 18,
} as const;

/** The contents of a Value: `undefined`, functions and symbols are `null`, as in JSON. */
export function writeValue(writer: Writer, given: unknown, where: string): void {
  const value = plain(given);
  switch (typeof value) {
    case 'number':
      writer.varint(tags.number);
      writer.double(value);
      return;
    case 'string':
      writer.varint(tags.string);
      if (!writer.string(value)) throw cannotEncode(where, 'has half a surrogate pair, which has no UTF-8');
      return;
    case 'boolean':
      writer.varint(tags.bool);
      writer.varint(value ? 1 : 0);
      return;
    case 'object': {
      if (value === null) break;
      const list = Array.isArray(value);
      writer.varint(list ? tags.list : tags.struct);
      const start = writer.openMessage(where);
      if (list) writeListValue(writer, value, where);
      else writeStruct(writer, value, where);
      writer.closeMessage(start);
      return;
    }
    default:
      if (typeof value !== 'undefined') throw cannotEncode(where, `is ${kindOf(value)}`);
  }
  writer.varint(tags.null);
  writer.varint(0);
}

/** The contents of a Struct. What has no JSON is left out. */
export function writeStruct(writer: Writer, given: unknown, where: string): void {
  const fields = plain(given);
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw cannotEncode(where, `is ${kindOf(given)}, and no object`);
  }
  const entries: Iterable<[unknown, unknown]> = fields instanceof Map ? fields : Object.entries(fields);
  for (const [key, value] of entries) {
    if (value === undefined || typeof value === 'function' || typeof value === 'symbol') continue;
    writer.varint(tags.entry);
    const entry = writer.open();
    writer.varint(tags.key);
    if (!writer.string(String(key))) throw cannotEncode(where, 'has a key with half a surrogate pair');
    writer.varint(tags.value);
    const start = writer.open();
    writeValue(writer, value, where);
    writer.close(start);
    writer.close(entry);
  }
}

/** The contents of a ListValue. */
export function writeListValue(writer: Writer, given: unknown, where: string): void {
  if (!Array.isArray(given)) throw cannotEncode(where, `is ${kindOf(given)}, and no list`);
  // By index: what is missing in a sparse list is null.
  for (let index = 0; index < given.length; index++) {
    writer.varint(tags.entry);
    const start = writer.open();
    const each: unknown = given[index];
    writeValue(writer, typeof each === 'function' || typeof each === 'symbol' ? null : each, where);
    writer.close(start);
  }
}

/** What has a JSON of its own, such as a date, is that; what JSON cannot say, `bigint` and bytes, is text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');
  if (value instanceof Set) return [...value];
  if (value instanceof String || value instanceof Number || value instanceof Boolean) return value.valueOf();
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON.call(value) as unknown) : value;
}

/** Until the end of what the reader was told to read. A Value that says nothing is `null`. */
export function readValue(reader: Reader): unknown {
  let value: unknown = null;
  while (reader.position < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case tags.null:
        reader.uint32();
        value = null;
        break;
      case tags.number:
        value = reader.double();
        break;
      case tags.string:
        value = reader.string();
        break;
      case tags.bool:
        value = reader.bool();
        break;
      case tags.struct:
      case tags.list: {
        const outer = reader.enterMessage();
        value = tag === tags.list ? readListValue(reader) : readStruct(reader);
        reader.leaveMessage(outer);
        break;
      }
      default:
        reader.expectUnknown(tag, 6);
    }
  }
  return value;
}

/** `into` has what an earlier part of the same message said. */
export function readStruct(reader: Reader, into: Record<string, unknown> = {}): Record<string, unknown> {
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag !== tags.entry) {
      reader.expectUnknown(tag, 1);
      continue;
    }
    const entry = reader.enter();
    let key = '';
    let value: unknown = null;
    while (reader.position < reader.end) {
      const inner = reader.tag();
      if (inner === tags.key) key = reader.string();
      else if (inner === tags.value) value = readInner(reader);
      else reader.expectUnknown(inner, 2);
    }
    reader.leave(entry);
    if (!isTrap(key)) into[key] = value;
  }
  return into;
}

export function readListValue(reader: Reader, into: unknown[] = []): unknown[] {
  while (reader.position < reader.end) {
    const tag = reader.tag();
    if (tag === tags.entry) into.push(readInner(reader));
    else reader.expectUnknown(tag, 1);
  }
  return into;
}

function readInner(reader: Reader): unknown {
  const outer = reader.enter();
  const value = readValue(reader);
  reader.leave(outer);
  return value;
}
