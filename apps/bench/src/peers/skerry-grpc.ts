import { Handler, Module, Service, Skerry, type Client } from '@skerry/core';
import { GrpcModule } from '@skerry/grpc';
import { parseProto } from '@skerry/protobuf/schema-first';
import { message, type Connected } from '../pairs/contender.js';
import { NumberedOrder } from './numbered-order.js';

/** As `grpc-echo.ts` has it. */
@Service('bench.Echo')
class Echo {
  @Handler({ reply: NumberedOrder })
  async echo(order: NumberedOrder): Promise<NumberedOrder> {
    return order;
  }
}

@Module({ imports: [GrpcModule.forRoot()], providers: [Echo] })
class EchoModule {}

const proto = parseProto(`
  syntax = "proto3";
  package bench;
  message Order { string id = 1; string customer = 2; string sku = 3; int32 quantity = 4; double price = 5; }
  service Echo { rpc Echo(Order) returns (Order); }
`);

/** Everything on: validation, deadline, context. Gives the address. */
export async function serveSkerryGrpc(): Promise<string> {
  const application = await Skerry.create(EchoModule, { logLevel: 'silent' });
  await application.start();
  return application.address!.replace('tcp://', '');
}

/** @param where Whoever serves `bench.Echo` by gRPC. */
export async function connectSkerryGrpc(where: string): Promise<Connected> {
  const services = { echo: { proto, service: 'bench.Echo', addresses: [where] } };
  @Module({ imports: [GrpcModule.forRoot({ services })] })
  class Caller {}
  const application = await Skerry.create(Caller, { logLevel: 'silent' });
  await application.start();
  const echo: Client<Echo> = application.client<Echo>('echo');
  return { call: () => echo.echo(message) };
}
