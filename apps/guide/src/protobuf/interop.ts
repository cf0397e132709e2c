import { messageSchema } from '@skerry/core';
import { lockNumbers, protoFile, ProtobufCodec, type ProtoLock, type ProtoService } from '@skerry/protobuf';
import { parseProto, ProtoMessage, protoSchema } from '@skerry/protobuf/schema-first';
import { IsString } from 'class-validator';
import { Order, Placed } from './orders.js';

const schema = (type: new () => object) => messageSchema(type as never).jsonSchema;

export const service: ProtoService = {
  name: 'orders',
  handlers: [{ name: 'place', kind: 'unary', request: schema(Order), reply: schema(Placed) }],
};

// #region file
/** The same as `skerry proto`, for a build or a test. */
export function written(services: readonly ProtoService[], before?: ProtoLock): { text: string; lock: ProtoLock } {
  const lock = lockNumbers(services, before);
  return { text: protoFile(services, { lock }), lock };
}
// #endregion file

// #region bound
const proto = parseProto(`
  syntax = "proto3";
  package helloworld;
  message HelloRequest { string name = 1; int32 greeting_count = 2; }
`);

@ProtoMessage(proto, 'helloworld.HelloRequest')
export class HelloRequest {
  @IsString()
  name!: string;
}
// #endregion bound

// #region classless
export const helloRequest = new ProtobufCodec().forSchema(protoSchema(proto, 'helloworld.HelloRequest'));
// #endregion classless
