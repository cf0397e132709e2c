import { Codecs, messageSchema } from '@skerry/core';
import { ProtobufCodec } from '@skerry/protobuf';
import { TestApp, TestNetwork } from '@skerry/testing';
import { helloRequest, HelloRequest, service, written } from './interop.js';
import { Desk, DeskModule, OrdersModule } from './orders.js';

test('two applications speak protobuf, and the caller has the type only', async () => {
  const network = new TestNetwork();
  await TestApp.create(OrdersModule, { network }).start();
  const desk = await TestApp.create(DeskModule, { network }).start();
  expect(desk.get(Codecs).preferred.name).toBe('protobuf');
  expect(await desk.get(Desk).orders.place({ item: 'tea', pieces: 3 })).toEqual({ id: 'tea-3-' });
  await network.close();
});

test('a .proto is written, and numbers are kept', () => {
  const { text, lock } = written([service]);
  expect(text).toContain('rpc place(Order) returns (Placed);');
  expect(text).toContain('optional uint32 pieces = 2;');
  expect(written([service], lock).lock).toEqual(lock);
});

test('a .proto of others gives a class its numbers, and messages without a class theirs', () => {
  const bound = new ProtobufCodec().forSchema(messageSchema(HelloRequest as never).jsonSchema);
  expect(helloRequest.decode(bound.encode({ name: 'Ada' }))).toEqual({ name: 'Ada', greetingCount: 0 });
  expect(helloRequest.encode({ name: '', greetingCount: 0 })).toHaveLength(0);
});
