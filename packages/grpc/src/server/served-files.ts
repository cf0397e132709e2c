import type { ServiceDefinition } from '@skerry/core';
import { protoFile, protoServiceName } from '@skerry/protobuf';
import { parseProto } from '@skerry/protobuf/schema-first';
import protobufjs from 'protobufjs';
import type { BoundService } from './bound-services.js';
import { fileDescriptors, type FileDescriptor } from './file-descriptors.js';
import { healthProto, reflectionProtos } from './standard-protos.js';
import { fullName } from '../method-path.js';

/** What is served, for reflection. */
export interface ServedFiles {
  readonly services: readonly string[];
  readonly files: readonly FileDescriptor[];
}

/** The `.proto` files of all services: those that they were bound to, and for the others those that they are written to. */
export function servedFiles(services: readonly ServiceDefinition[], bound: readonly BoundService[]): ServedFiles {
  const standard = [healthProto, ...reflectionProtos].map((text) => parseProto(text));
  const roots = new Set([...bound.map(({ root }) => root), ...standard]);
  const isBound = new Set(bound.map(({ name }) => name));
  const own = services.filter(({ name }) => !isBound.has(name) && !name.startsWith('skerry.'));
  const all = [
    ...[...roots].flatMap((root) => fileDescriptors(root, true)),
    ...ownRoots(own).flatMap((root) => fileDescriptors(root, false)),
  ];
  // Of two with one name they say the same, or nearly so: google's.
  const files = [...new Map(all.map((file) => [file.name, file])).values()];
  const names = [...own.map(({ name }) => fullName(name)), ...bound.map((each) => each.fullName)];
  const standards = ['grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection'];
  return { services: [...names, ...standards, 'grpc.reflection.v1alpha.ServerReflection'].sort(), files };
}

/** One for each package: a `.proto` has one. */
function ownRoots(services: readonly ServiceDefinition[]): protobufjs.Root[] {
  const packages = new Map<string, ServiceDefinition[]>();
  for (const service of services) {
    const { package: name } = protoServiceName(service.name);
    packages.set(name, [...(packages.get(name) ?? []), service]);
  }
  return [...packages.values()].flatMap((each) => {
    try {
      return [keptCase(protoFile(each.map(described)))];
    } catch {
      // Two classes of one name have no common file; who needs one is told by `skerry proto`. Calls go on without.
      return [];
    }
  });
}

function described({ name, handlers }: ServiceDefinition) {
  return {
    name,
    handlers: handlers.map(({ name: handler, kind, schemas }) => ({ name: handler, kind, ...schemas })),
  };
}

function keptCase(text: string): protobufjs.Root {
  const root = new protobufjs.Root();
  protobufjs.parse(text, root, { keepCase: true });
  for (const [, file] of text.matchAll(/^import "([^"]+)";$/gm)) root.addJSON(protobufjs.common.get(file!)!.nested!);
  root.resolveAll();
  return root;
}
