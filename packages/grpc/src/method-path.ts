import type { Endpoint } from '@skerry/core';
import { protoServiceName } from '@skerry/protobuf';

/** Where gRPC finds a handler: the names are those of the `.proto` that its service is written to. */
export function methodPath(service: string, handler: string): string {
  return `/${fullName(service)}/${identifier(handler)}`;
}

/** The name of a service in its `.proto`, with the package. */
export function fullName(service: string): string {
  const { package: prefix, name } = protoServiceName(service);
  return prefix ? `${prefix}.${name}` : name;
}

/** All paths of a handler, the first of which is told to others: with the method in the customary capital, too. */
export function methodPaths({ service, handler: { name } }: Pick<Endpoint, 'service' | 'handler'>): readonly string[] {
  const path = methodPath(service, name);
  const at = path.lastIndexOf('/') + 1;
  return [path, `${path.slice(0, at)}${path[at]!.toUpperCase()}${path.slice(at + 1)}`];
}

/** As {@link protoServiceName} makes one of each part of a name. */
function identifier(name: string): string {
  return protoServiceName(name.replaceAll('.', '_')).name;
}
