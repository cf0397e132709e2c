import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsDate, IsInstance, IsInt, IsOptional, IsString, MinDate, ValidateNested } from 'class-validator';
import { JsonCodec } from '../codec/json-codec.js';
import { ValidationError } from '../errors/validation-error.js';
import { Field } from './field.js';
import { messageSchema } from './message-schema.js';

const at = new Date('2026-01-02T03:04:05.678Z');
const codec = new JsonCodec();

/** What a handler gets, by bytes and by the short way of one process. */
function received(type: new () => unknown, message: unknown): { value?: unknown; failures?: unknown }[] {
  const schema = messageSchema(type);
  const described = codec.forSchema(schema.jsonSchema);
  const ways = [() => described.decode(described.encode(message)), () => described.copy!(message)!.value];
  return ways.map((way) => {
    try {
      return { value: schema.parse(way(), 'a message') };
    } catch (error) {
      if (error instanceof ValidationError) return { failures: error.fields };
      throw error;
    }
  });
}

function expectArrival(type: new () => unknown, message: unknown, expected: object): void {
  for (const each of received(type, message))
    expect(each).toStrictEqual({ value: Object.assign(new type() as object, expected) });
}

function expectRefusal(type: new () => unknown, message: unknown, paths: string[]): void {
  for (const { failures } of received(type, message)) {
    expect((failures as { path: string }[]).map(({ path }) => path)).toEqual(paths);
  }
}

class Place {
  @Field(1) name!: string;
  @Field(2) since!: Date;
}

class Values {
  @Field(1) @IsDate() at!: Date;
  @Field(2) total!: bigint;
  @Field(3) data!: Uint8Array;
  @Field(4) @IsOptional() @IsString() note?: string;
  @Field(5) place!: Place;
}

class Unruled {
  @Field(2) total!: bigint;
  @Field(1, { type: 'uint32' }) count!: number;
}

class Raw {
  @IsDate() @MinDate(at) at!: Date;
  @IsInstance(Uint8Array) data!: Uint8Array;
  @IsInstance(Buffer) buffer!: Buffer;
  @ValidateNested() @Type(() => Line) lines!: Line[];
}

class Line {
  @IsInt() amount!: number;
  @Type(() => Date) @IsDate() due!: Date;
}

describe('the schema', () => {
  test('has the number, and what the value is', () => {
    expect(messageSchema(Values).jsonSchema['properties']).toMatchObject({
      at: { 'x-skerry-field': 1, 'x-skerry-type': 'date', type: 'string', format: 'date-time' },
      total: { 'x-skerry-field': 2, 'x-skerry-type': 'bigint', type: 'string' },
      data: { 'x-skerry-field': 3, 'x-skerry-type': 'bytes', contentEncoding: 'base64' },
      note: { 'x-skerry-field': 4, type: 'string' },
      place: { 'x-skerry-field': 5, $ref: '#/$defs/Place' },
    });
  });

  test('of a class without any rule lists the fields that have a number', () => {
    expect(messageSchema(Unruled).jsonSchema).toEqual({
      title: 'Unruled',
      type: 'object',
      properties: {
        total: { 'x-skerry-field': 2, 'x-skerry-type': 'bigint', type: 'string', pattern: '^-?[0-9]+$' },
        count: { 'x-skerry-field': 1, 'x-skerry-type': 'uint32', type: 'number' },
      },
    });
  });

  test('asks for what a rule asks for, and for no field that has a number alone', () => {
    expect(messageSchema(Values).jsonSchema['required']).toEqual(['at']);
  });
});

describe('a message', () => {
  test('arrives with its dates, numbers and bytes', () => {
    const message = { at, total: 5n, data: Uint8Array.of(1, 2), note: 'x', place: { name: 'here', since: at } };
    expectArrival(Values, message, { ...message, place: Object.assign(new Place(), message.place) });
    expectArrival(Unruled, { total: -5n, count: 3 }, { total: -5n, count: 3 });
  });

  test('keeps a field that has a number and no rule, beside those that have rules', () => {
    const [remote] = received(Values, { at, total: 5n, unknown: 1 });
    expect(remote!.value).toMatchObject({ total: 5n });
    expect(remote!.value).not.toHaveProperty('unknown');
  });

  test('is judged by its rules', () => {
    const later = new Date(at.getTime() + 1);
    const lines = [{ amount: 1, due: at }];
    const data = Uint8Array.of(1);
    expectArrival(
      Raw,
      { at: later, data, buffer: Buffer.of(2), lines },
      { at: later, data, buffer: Buffer.of(2), lines: [Object.assign(new Line(), lines[0])] },
    );
    expectRefusal(Raw, { at: new Date(0), data: 'x', buffer: 5, lines: [{ amount: 1, due: 'never' }] }, [
      ...['at', 'data', 'buffer', 'lines[0].due'],
    ]);
    expectRefusal(Values, { at: 'yesterday' }, ['at']);
    expectRefusal(Values, {}, ['at']);
  });

  test('may have its values as the text that JSON has for them', () => {
    expectArrival(
      Values,
      { at: at.toISOString(), total: '12', data: 'AQI=' },
      { at, total: 12n, data: Uint8Array.of(1, 2) },
    );
  });
});
