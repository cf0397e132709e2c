import {
  nearest,
  SkerryError,
  type EndpointKind,
  type EndpointRecord,
  type NodeRecord,
  type ServiceDescription,
} from '@skerry/core';
import { protoSchema } from '@skerry/protobuf/schema-first';
import type protobufjs from 'protobufjs';
import { loadProto, type ProtoSource } from './load-proto.js';

/** A service of strangers, which is called by gRPC. */
export interface GrpcServiceOptions {
  readonly proto: ProtoSource;
  /** Its name there: `helloworld.Greeter`. */
  readonly service: string;
  /** Where it is: `10.0.0.7:50051`, or `grpcs://...` for TLS. Default: as the registry says, by `addresses.grpc`. */
  readonly addresses?: readonly string[];
}

/** A method of a `.proto`, with the handler's name that stands for it. */
export interface BoundMethod {
  /** `emptyCall` of `EmptyCall`. */
  readonly handler: string;
  /** `/grpc.testing.TestService/EmptyCall`. */
  readonly path: string;
  readonly kind: EndpointKind;
  readonly method: protobufjs.Method;
}

/** The methods of a service. Throws `SKERRY_OPTION_INVALID` for a name that the `.proto` does not have. */
export function methodsOf(root: protobufjs.Root, service: string): readonly BoundMethod[] {
  let found: protobufjs.Service;
  try {
    found = root.lookupService(service);
  } catch {
    const names = servicesIn(root);
    const [near] = nearest(service, names);
    const hint = near ? `did you mean ${near}?` : `it has ${names.join(', ') || 'none'}`;
    throw new SkerryError('SKERRY_OPTION_INVALID', `The .proto has no service ${service}: ${hint}`);
  }
  const name = found.fullName.replace(/^\./, '');
  return found.methodsArray.map((method) => ({
    handler: `${method.name[0]!.toLowerCase()}${method.name.slice(1)}`,
    path: `/${name}/${method.name}`,
    kind: kindOf(method),
    method: method.resolve() as protobufjs.Method,
  }));
}

function servicesIn(namespace: protobufjs.NamespaceBase): string[] {
  return namespace.nestedArray.flatMap((each) => {
    if ('methodsArray' in each) return [each.fullName.replace(/^\./, '')];
    return 'nestedArray' in each ? servicesIn(each as protobufjs.NamespaceBase) : [];
  });
}

function kindOf({ requestStream, responseStream }: protobufjs.Method): EndpointKind {
  if (requestStream) return responseStream ? 'bidirectional' : 'client-stream';
  return responseStream ? 'server-stream' : 'unary';
}

/** What clients know of such a service, and the paths of its methods by `service.handler`. */
export interface DescribedService {
  readonly description: ServiceDescription;
  readonly paths: ReadonlyMap<string, string>;
}

/** @param name By which clients ask for it. */
export function describeService(name: string, { proto, service, addresses }: GrpcServiceOptions): DescribedService {
  const root = loadProto(proto);
  const methods = methodsOf(root, service);
  const endpoints = methods.map((each) => endpointOf(root, each)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const nodes = addresses?.map((address) => nodeOf(name, address, endpoints));
  return {
    description: { service: name, endpoints, ...(nodes ? { nodes } : {}) },
    paths: new Map(methods.map(({ handler, path }) => [`${name}.${handler}`, path])),
  };
}

function endpointOf(root: protobufjs.Root, { handler, kind, method }: BoundMethod): EndpointRecord {
  const level = levelOf(method);
  const readOnly = level === 'NO_SIDE_EFFECTS';
  return {
    name: handler,
    kind,
    idempotent: readOnly || level === 'IDEMPOTENT',
    readOnly,
    request: protoSchema(root, method.resolvedRequestType!.fullName),
    reply: protoSchema(root, method.resolvedResponseType!.fullName),
  };
}

/** What the author of the `.proto` promises: that it may be sent again. */
function levelOf({ options, parsedOptions }: protobufjs.Method): unknown {
  const parsed = parsedOptions as readonly { idempotency_level?: unknown }[] | undefined;
  return options?.['idempotency_level'] ?? parsed?.find((each) => each.idempotency_level)?.idempotency_level;
}

function nodeOf(service: string, address: string, endpoints: readonly EndpointRecord[]): NodeRecord {
  const grpc = address.includes('://') ? address : `grpc://${address}`;
  return {
    service,
    id: `${service}-${grpc.replace(/^grpcs?:\/\//, '')}`,
    version: '0.0.0',
    addresses: { grpc },
    weight: 1,
    metadata: {},
    endpoints,
    codecs: ['protobuf'],
    ttlMs: Infinity,
    epoch: 0,
  };
}
