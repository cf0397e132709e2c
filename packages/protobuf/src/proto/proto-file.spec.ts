import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Field } from '@skerry/core';
import { findProtoc } from '@skerry-private/test-kit';
import { Type } from 'class-transformer';
import { IsArray, IsDate, IsOptional, IsString, ValidateNested } from 'class-validator';
import protobufjs from 'protobufjs';
import { schemaOf } from '../fixtures/schema-of.js';
import { lockNumbers, protoLockText, readProtoLock } from './proto-lock.js';
import { protoFile } from './proto-file.js';
import type { ProtoService } from './proto-service.js';

class Cat {
  @Field(1) @IsString() name!: string;
}
class Dog {
  @Field(1) @IsString() breed!: string;
}
class Order {
  @Field(2, { type: 'uint64' }) id!: bigint;
  @Field(1) @IsString() customerName!: string;
  @Field(3) @IsArray() @IsString({ each: true }) tags!: string[];
  @Field(4) @IsDate() @Type(() => Date) at!: Date;
  @Field(5) @IsOptional() @ValidateNested() @Type(() => Order) parent?: Order;
  @Field(6)
  @ValidateNested()
  @Type(() => Object, {
    discriminator: {
      property: 'kind',
      subTypes: [
        { name: 'cat', value: Cat },
        { name: 'dog', value: Dog },
      ],
    },
  })
  pet!: Cat | Dog;
  @Field(7) @IsArray() @IsArray({ each: true }) @Type(() => Date) slots!: Date[][];
}

const orders: ProtoService = {
  name: 'shop.v1.Orders',
  description: 'Orders of customers.\nAnd their pets.',
  handlers: [
    { name: 'watch', kind: 'server-stream', request: schemaOf(Cat), reply: schemaOf(Order) },
    { name: 'place', kind: 'unary', request: schemaOf(Order), reply: schemaOf(Cat), description: 'Places one.' },
    { name: 'upload', kind: 'client-stream', request: schemaOf(Order) },
    { name: 'talk', kind: 'bidirectional', request: schemaOf(Cat), reply: schemaOf(Dog) },
    { name: 'ping', kind: 'unary', reply: {} },
  ],
};

const expected = `syntax = "proto3";

package shop.v1;

import "google/protobuf/empty.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";

// Orders of customers.
// And their pets.
service Orders {
  rpc ping(google.protobuf.Empty) returns (google.protobuf.Value);
  // Places one.
  rpc place(Order) returns (Cat);
  rpc talk(stream Cat) returns (stream Dog);
  rpc upload(stream Order) returns (google.protobuf.Value);
  rpc watch(Cat) returns (stream Order);
}

message Cat {
  optional string name = 1;
}

message Dog {
  optional string breed = 1;
}

message Order {
  optional string customerName = 1;
  optional uint64 id = 2;
  repeated string tags = 3;
  google.protobuf.Timestamp at = 4;
  Order parent = 5;
  OrderPet pet = 6;
  repeated OrderSlotsList slots = 7;
}

message OrderPet {
  oneof kind {
    Cat cat = 1;
    Dog dog = 2;
  }
}

message OrderSlotsList {
  repeated google.protobuf.Timestamp values = 1;
}
`;

test('says what the classes say, in an order that does not depend on theirs', () => {
  expect(protoFile([orders])).toBe(expected);
  expect(protoFile([{ ...orders, handlers: [...orders.handlers].reverse() }])).toBe(expected);
  const { root } = protobufjs.parse(expected, { keepCase: true });
  expect(root.lookupService('shop.v1.Orders').methods['talk']).toMatchObject({
    requestStream: true,
    responseStream: true,
  });
});

const withProtoc = (await findProtoc()) ? test : test.skip;

withProtoc('protoc accepts it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skerry-proto-'));
  try {
    writeFileSync(
      join(folder, 'orders.proto'),
      protoFile([withoutTags()], { lock: lockNumbers([withoutTags()], lockNumbers([orders])) }),
    );
    execFileSync('protoc', ['-I', folder, `--descriptor_set_out=${join(folder, 'set')}`, 'orders.proto']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('services of two packages need two files', () => {
  expect(() => protoFile([orders, { name: 'a.B', handlers: [] }])).toThrow('a file has one');
});

test('two classes of one name must be the same', () => {
  const Other = (() => {
    class Cat {
      @Field(1) age!: number;
    }
    return Cat;
  })();
  const twins = {
    ...orders,
    handlers: [...orders.handlers, { name: 'x', kind: 'unary' as const, request: schemaOf(Other) }],
  };
  expect(() => protoFile([twins])).toThrow('two classes are called Cat');
});

function withoutTags(): ProtoService {
  const schema = structuredClone(schemaOf(Order)) as { properties: Record<string, unknown> };
  delete schema.properties['tags'];
  return { name: orders.name, handlers: [{ name: 'place', kind: 'unary', request: schema, reply: schemaOf(Cat) }] };
}

describe('the lock', () => {
  const lock = lockNumbers([orders]);

  test('is the same for the same services, and when it was written and read', () => {
    expect(lockNumbers([orders], lock)).toEqual(lock);
    expect(readProtoLock(protoLockText(lock))).toEqual(lock);
    expect(() => readProtoLock('{"version":2}')).toThrow('no lock of field numbers');
  });

  test('reserves what is gone, and lets it come back as it was', () => {
    const later = lockNumbers([withoutTags()], lock);
    expect(later.messages['Order']!.reserved).toEqual({ tags: { number: 3, type: 'repeated string' } });
    expect(protoFile([withoutTags()], { lock: later })).toContain('  reserved 3;\n  reserved "tags";\n');
    expect(lockNumbers([orders], later)).toEqual(lock);
  });

  test('refuses a number that changed, a type that changed, and a number that was taken', () => {
    const changed = (name: string, change: object): ProtoService => {
      const schema = structuredClone(schemaOf(Order)) as { properties: Record<string, Record<string, unknown>> };
      schema.properties[name] = { ...schema.properties[name], ...change };
      return { name: orders.name, handlers: [{ name: 'place', kind: 'unary', request: schema }] };
    };
    expect(() => lockNumbers([changed('tags', { 'x-skerry-field': 9 })], lock)).toThrow('Order.tags is 9; it was 3');
    expect(() => lockNumbers([changed('customerName', { type: 'number' })], lock)).toThrow(
      'Order.customerName is double; it was string',
    );
    const gone = lockNumbers([withoutTags()], lock);
    expect(() => lockNumbers([changed('tags', { 'x-skerry-type': 'bytes' })], gone)).toThrow();
    const renamed = structuredClone(schemaOf(Order)) as { properties: Record<string, unknown> };
    renamed.properties = { ...renamed.properties, labels: renamed.properties['tags'] };
    delete renamed.properties['tags'];
    const service: ProtoService = { name: orders.name, handlers: [{ name: 'place', kind: 'unary', request: renamed }] };
    expect(() => lockNumbers([service], gone)).toThrow('Order.labels is 3, which tags was once');
  });
});
