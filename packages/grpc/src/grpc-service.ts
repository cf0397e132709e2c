import type { Class } from '@skerry/core';
import type { ProtoSource } from './client/load-proto.js';

/** What a class serves of a `.proto`. */
export interface GrpcBinding {
  /** Its name there: `helloworld.Greeter`. */
  readonly service: string;
  readonly proto: ProtoSource;
}

const key: unique symbol = Symbol.for('skerry.grpc-service');

/**
 * Lets a `@Service` be called as a service of a `.proto` is, by the paths and in the messages that are written there. A method
 * is its handler of the same name, with a small first letter; one without a handler is `UNIMPLEMENTED`:
 *
 *     @Service('greeter')
 *     @GrpcService('helloworld.Greeter', { proto: 'protos/greeter.proto' })
 *     export class Greeter { @Handler() async sayHello(request: HelloRequest): Promise<HelloReply> { ... } }
 */
export function GrpcService(service: string, { proto }: { readonly proto: ProtoSource }) {
  // A property, so that a class has it of its parent.
  return (type: Class): void =>
    void Object.defineProperty(type, key, { value: { service, proto } satisfies GrpcBinding });
}

export function bindingOf(type: Class): GrpcBinding | undefined {
  return (type as { [key]?: GrpcBinding })[key];
}
