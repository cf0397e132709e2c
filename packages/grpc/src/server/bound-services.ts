import {
  nearest,
  SkerryError,
  type Codec,
  type EndpointMessages,
  type HandlerDefinition,
  type ServiceDefinition,
} from '@skerry/core';
import { protoSchema } from '@skerry/protobuf/schema-first';
import type protobufjs from 'protobufjs';
import { methodsOf, type BoundMethod } from '../client/described-service.js';
import { loadProto } from '../client/load-proto.js';
import { bindingOf } from '../grpc-service.js';

/** A service of the application that is one of a `.proto`. */
export interface BoundService {
  /** As clients of Skerry ask for it. */
  readonly name: string;
  /** As the `.proto` has it. */
  readonly fullName: string;
  readonly root: protobufjs.Root;
  /** By handler. */
  readonly methods: ReadonlyMap<string, BoundMethod>;
}

/**
 * Those of the services with `@GrpcService`. Throws `SKERRY_HANDLER_INVALID` for a handler that is not what the `.proto` says,
 * and `SKERRY_OPTION_INVALID` for a `.proto` that cannot be read.
 */
export function boundServices(services: readonly ServiceDefinition[]): readonly BoundService[] {
  return services.flatMap(({ name, type, handlers }) => {
    const binding = bindingOf(type);
    if (!binding) return [];
    const root = loadProto(binding.proto);
    const methods = new Map(methodsOf(root, binding.service).map((each) => [each.handler, each]));
    for (const handler of handlers) check(name, handler, binding.service, methods);
    return [{ name, fullName: binding.service.replace(/^\./, ''), root, methods }];
  });
}

function check(
  service: string,
  { name, kind }: HandlerDefinition,
  fullName: string,
  methods: ReadonlyMap<string, BoundMethod>,
): void {
  const method = methods.get(name);
  if (method?.kind === kind) return;
  const why = method
    ? `it is ${kind}, and ${method.method.name} of ${fullName} is ${method.kind}: @Handler({ kind: '${method.kind}' })`
    : `${fullName} has no such method; ${hint(name, [...methods.keys()])}`;
  throw new SkerryError('SKERRY_HANDLER_INVALID', `Cannot serve ${service}.${name} by gRPC: ${why}.`);
}

function hint(name: string, names: readonly string[]): string {
  const [near] = nearest(name, names);
  return near ? `did you mean ${near}?` : `it has ${names.join(', ')}`;
}

/** The messages of a method, as its `.proto` says. */
export function messagesOf(codec: Codec, { root }: BoundService, { method }: BoundMethod): EndpointMessages {
  const compiled = (type: protobufjs.Type | null) => codec.forSchema?.(protoSchema(root, type!.fullName)) ?? codec;
  return { request: compiled(method.resolvedRequestType), reply: compiled(method.resolvedResponseType) };
}
