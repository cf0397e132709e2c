import { messageSchema } from '@skerry/core';
import { IsArray, IsNumber, IsString } from 'class-validator';
import protobufjs from 'protobufjs';
import { ProtobufCodec } from '../protobuf-codec.js';
import { ProtoMessage } from './proto-message.js';
import { protoDescription } from './proto-description.js';
import { parseProto, protoSchema } from './proto-schema.js';

const text = `
  syntax = "proto3";
  package grpc.testing;
  import "google/protobuf/wrappers.proto";
  import "google/protobuf/timestamp.proto";
  enum PayloadType { COMPRESSABLE = 0; RANDOM = 2; }
  message Payload { PayloadType type = 1; bytes body = 2; }
  message Request {
    PayloadType response_type = 1;
    int32 response_size = 2;
    Payload payload = 3;
    google.protobuf.BoolValue compressed = 6;
    optional int32 maybe = 7;
    repeated sint64 ids = 8;
    map<string, double> scores = 9;
    google.protobuf.Timestamp at = 10;
    oneof either { string name = 11; uint32 number = 12; }
    Request inner = 13;
    string label = 14;
    double ratio = 15;
  }
`;
const root = parseProto(text);
const message = new ProtobufCodec().forSchema(protoSchema(root, 'grpc.testing.Request'));
const theirs = protobufjs.parse(text).root;
for (const file of ['wrappers', 'timestamp'])
  theirs.addJSON(protobufjs.common.get(`google/protobuf/${file}.proto`)!.nested!);
theirs.resolveAll();
const type = theirs.lookupType('grpc.testing.Request');

const empty = { responseType: 'COMPRESSABLE', responseSize: 0, ids: [], scores: {}, label: '', ratio: 0 };

test('presence is as proto3 has it: zeros are not written, and are there when they were not sent', () => {
  expect(message.encode({ ...empty, ids: [], payload: undefined })).toHaveLength(0);
  expect(message.decode(Buffer.alloc(0))).toEqual(empty);
  expect(message.decode(message.encode({ maybe: 0, name: '', payload: {} }))).toEqual({
    ...empty,
    maybe: 0,
    name: '',
    payload: { type: 'COMPRESSABLE', body: new Uint8Array() },
  });
  // It has a sign, so it is no zero.
  expect(message.encode({ ratio: -0 })).toHaveLength(9);
});

test('writes what protobufjs writes of the same, byte by byte', () => {
  const bytes = message.encode({
    ...{ responseType: 'RANDOM', responseSize: -5, payload: { type: 'COMPRESSABLE', body: new Uint8Array([1, 2]) } },
    ...{ compressed: { value: true }, maybe: 0, ids: [-1n, 5n], scores: { a: 0 }, at: new Date(1500), name: '' },
    ...{ inner: { label: 'x' }, label: 'y' },
  });
  const { Long } = protobufjs.util as unknown as { Long: { fromString(text: string): unknown } };
  const expected = type
    .encode({
      ...{ responseType: 2, responseSize: -5, payload: { body: new Uint8Array([1, 2]) } },
      ...{
        compressed: { value: true },
        maybe: 0,
        ids: [Long.fromString('-1'), Long.fromString('5')],
        scores: { a: 0 },
      },
      ...{ at: { seconds: Long.fromString('1'), nanos: 500_000_000 }, name: '', inner: { label: 'x' }, label: 'y' },
    })
    .finish();
  expect(Buffer.from(bytes).toString('hex')).toBe(Buffer.from(expected).toString('hex'));
});

test('of a oneof the last that was read counts', () => {
  expect(message.decode(Buffer.from('5a0161' + '6005', 'hex'))).toEqual({ ...empty, number: 5 });
  expect(message.decode(Buffer.from('6005' + '5a0161', 'hex'))).toEqual({ ...empty, name: 'a' });
});

test('numbers of enums that are not known stay numbers', () => {
  const decoded = message.decode(Buffer.from('0809', 'hex'));
  expect(decoded).toEqual({ ...empty, responseType: 9 });
  expect(Buffer.from(message.encode(decoded)).toString('hex')).toBe('0809');
});

test('says what it cannot read', () => {
  expect(() => parseProto('message {')).toThrow('The .proto cannot be read');
  expect(() => protoSchema(root, 'grpc.testing.Nothing')).toThrow('no message grpc.testing.Nothing');
  const keyed = parseProto('syntax = "proto3"; message M { map<int32, string> m = 1; }');
  expect(() => protoSchema(keyed, 'M')).toThrow('M.m is a map with keys of int32');
});

test('a class gets the numbers, types and presence of a message', () => {
  @ProtoMessage(root, 'grpc.testing.Request')
  class Request {
    @IsNumber() responseSize!: number;
    @IsString() label!: string;
    @IsArray() @IsNumber({}, { each: true }) ids!: number[];
  }
  const bound = new ProtobufCodec().forSchema(messageSchema(Request as never).jsonSchema);
  const bytes = bound.encode({ responseSize: -5, label: '', ids: [-1] });
  expect(message.decode(bytes)).toEqual({ ...empty, responseSize: -5, ids: [-1n] });
  expect(bound.decode(bytes)).toEqual({ responseSize: -5, label: '', ids: [-1] });
});

test('a class that does not fit is told when it is loaded', () => {
  expect(() => {
    @ProtoMessage(root, 'grpc.testing.Request')
    class Request {
      @IsString() labl!: string;
    }
    return Request;
  }).toThrow('Request.labl is no field of grpc.testing.Request: did you mean label?');
  expect(() => {
    @ProtoMessage(root, 'grpc.testing.Request')
    class Request {
      @IsString() ids!: string;
    }
    return Request;
  }).toThrow('Request.ids is sint64; in grpc.testing.Request, ids is list of sint64');
});

test('a service is described as the registry describes one', () => {
  const services = parseProto(`
    syntax = "proto3";
    package test;
    import "google/protobuf/empty.proto";
    message Word { string text = 1; }
    service Words {
      rpc Find(Word) returns (Word) { option idempotency_level = NO_SIDE_EFFECTS; }
      rpc Watch(google.protobuf.Empty) returns (stream Word);
      rpc Upload(stream Word) returns (Word);
      rpc Talk(stream Word) returns (stream Word);
    }
  `);
  const { service, endpoints } = protoDescription(services, 'test.Words');
  expect(service).toBe('test.Words');
  expect(endpoints.map(({ name, kind, idempotent }) => [name, kind, idempotent])).toEqual([
    ['find', 'unary', true],
    ['watch', 'server-stream', false],
    ['upload', 'client-stream', false],
    ['talk', 'bidirectional', false],
  ]);
  const codec = new ProtobufCodec().forSchema(endpoints[1]!.request!);
  expect(codec.encode(undefined)).toHaveLength(0);
  expect(codec.decode(Buffer.alloc(0))).toEqual({});
  expect(() => protoDescription(services, 'test.Nothing')).toThrow('no service test.Nothing');
});
