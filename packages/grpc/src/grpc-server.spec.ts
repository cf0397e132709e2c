import { messageSchema, type Application } from '@skerry/core';
import { ProtobufCodec } from '@skerry/protobuf';
import { BareClient } from './fixtures/bare-client.js';
import { CountRequest, HelloReply, HelloRequest, startShop, Tick } from './fixtures/shop.js';

const codec = new ProtobufCodec();
const of = (type: never) => codec.forSchema(messageSchema(type).jsonSchema);
const [hello, reply, count, tick] = [HelloRequest, HelloReply, CountRequest, Tick].map((type) => of(type as never));

let shop: Application & { target: string };
let client: BareClient;
beforeAll(async () => {
  shop = await startShop();
  client = BareClient.at(shop.target);
});
afterAll(async () => {
  client.close();
  await shop.stop();
});

test('a unary call', async () => {
  const { messages, status, headers } = await client.call('/shop.Greeter/hello', [hello!.encode({ name: 'Ada' })]);
  expect(status).toMatchObject({ code: 0 });
  expect(messages.map((each) => reply!.decode(each))).toEqual([{ message: 'Hello Ada' }]);
  expect(headers!.get('x-head')).toEqual(['first']);
  expect(status.metadata.get('x-tail')).toEqual(['last']);
});

test('all kinds of streams', async () => {
  const down = await client.call('/shop.Greeter/countdown', [count!.encode({ from: 3 })]);
  expect(down.messages.map((each) => tick!.decode(each))).toEqual([{ left: 3 }, { left: 2 }, { left: 1 }]);
  const ticks = [1, 2, 3].map((left) => tick!.encode({ left }));
  const sum = await client.call('/shop.Greeter/sum', ticks);
  expect(sum.messages.map((each) => tick!.decode(each))).toEqual([{ left: 6 }]);
  const double = await client.call('/shop.Greeter/double', ticks);
  expect(double.messages.map((each) => tick!.decode(each))).toEqual([{ left: 2 }, { left: 4 }, { left: 6 }]);
});
