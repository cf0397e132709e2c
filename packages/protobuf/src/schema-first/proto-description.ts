import { SkerryError, type EndpointKind, type EndpointRecord, type ServiceDescription } from '@skerry/core';
import type protobufjs from 'protobufjs';
import { fullName, protoSchema } from './proto-schema.js';

/**
 * What a `.proto` says of a service: an entry for `SERVICE_DESCRIPTIONS`, with which an application calls it without a class.
 * Its handlers have the names of its methods in camelCase, as in `sayHello`. Those that declare `idempotency_level` are
 * idempotent, or read only. Throws `SKERRY_OPTION_INVALID` for a service that is not there.
 *
 * @param name What clients ask for. Default: the full name, `helloworld.Greeter`.
 */
export function protoDescription(root: protobufjs.Root, serviceName: string, name = serviceName): ServiceDescription {
  let service: protobufjs.Service;
  try {
    service = root.lookupService(serviceName);
  } catch {
    throw new SkerryError('SKERRY_OPTION_INVALID', `The .proto has no service ${serviceName}`);
  }
  return { service: name, endpoints: service.methodsArray.map((method) => endpoint(root, method)) };
}

function endpoint(root: protobufjs.Root, method: protobufjs.Method): EndpointRecord {
  method.resolve();
  const { name, requestStream, responseStream, resolvedRequestType, resolvedResponseType } = method;
  const level: unknown = method.getOption('idempotency_level');
  const kind: EndpointKind = requestStream
    ? responseStream
      ? 'bidirectional'
      : 'client-stream'
    : responseStream
      ? 'server-stream'
      : 'unary';
  return {
    ...{ name: name.charAt(0).toLowerCase() + name.slice(1), kind },
    ...{ idempotent: level === 'IDEMPOTENT' || level === 'NO_SIDE_EFFECTS', readOnly: level === 'NO_SIDE_EFFECTS' },
    request: protoSchema(root, fullName(resolvedRequestType!)),
    reply: protoSchema(root, fullName(resolvedResponseType!)),
  };
}
