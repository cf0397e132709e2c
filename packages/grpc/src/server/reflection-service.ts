import { toWire, type ErrorOrigin, type RpcStream } from '@skerry/core';
import type { FileDescriptor } from './file-descriptors.js';
import { reflectionProtos, reflectionVersions } from './standard-protos.js';
import { standardMessages, standardRoute, type StandardCall, type StandardService } from './standard.js';

interface Request {
  readonly host: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly fileContainingExtension?: unknown;
  readonly allExtensionNumbersOfType?: string;
  readonly listServices?: string;
}

interface Reply {
  readonly validHost: string;
  readonly originalRequest: Request;
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Uint8Array[] };
  readonly allExtensionNumbersResponse?: { readonly baseTypeName: string; readonly extensionNumber: readonly number[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly errorResponse?: { readonly errorCode: number; readonly errorMessage: string };
}

/** Asking again and again without reading what is answered. */
const mostUnread = 1_000;

/** `grpc.reflection`: what is served here, for tools that have no `.proto` of it. */
export class ReflectionService implements StandardService {
  readonly routes;
  private readonly calls = new Set<RpcStream>();
  private readonly byName: ReadonlyMap<string, FileDescriptor>;
  private readonly bySymbol = new Map<string, FileDescriptor>();

  /** @param services The full names of what is served. */
  constructor(
    private readonly services: readonly string[],
    files: readonly FileDescriptor[],
    private readonly origin: ErrorOrigin,
  ) {
    this.byName = new Map(files.map((file) => [file.name, file]));
    for (const file of files) for (const symbol of file.symbols) this.bySymbol.set(symbol, file);
    this.routes = reflectionVersions.map((version, at) => {
      const prefix = `grpc.reflection.${version}`;
      const messages = standardMessages<Request, Reply>(
        reflectionProtos[at]!,
        `${prefix}.ServerReflectionRequest`,
        `${prefix}.ServerReflectionResponse`,
      );
      const path = `/${prefix}.ServerReflection/ServerReflectionInfo`;
      return standardRoute(path, true, origin, (stream) => this.call(stream, messages.read, messages.write));
    });
  }

  drain(): void {
    // What was asked was answered.
    for (const stream of this.calls) stream.send(undefined, true);
    this.calls.clear();
  }

  private call(
    stream: RpcStream,
    read: (bytes: Uint8Array) => Request,
    write: (reply: Reply) => Uint8Array,
  ): StandardCall {
    this.calls.add(stream);
    let unread = 0;
    const leave = (): void => void this.calls.delete(stream);
    return {
      received: (payload) => {
        try {
          unread = stream.writable ? 0 : unread + 1;
          if (unread > mostUnread) throw new Error('too much was asked, and not read');
          stream.send(write(this.answer(read(payload))), false);
        } catch (error) {
          leave();
          stream.fail(toWire(error, this.origin));
        }
      },
      ended: () => {
        leave();
        stream.send(undefined, true);
      },
      left: leave,
    };
  }

  private answer(request: Request): Reply {
    const about = { validHost: request.host, originalRequest: request };
    if (request.listServices !== undefined) {
      return { ...about, listServicesResponse: { service: this.services.map((name) => ({ name })) } };
    }
    const { fileByFilename: name, fileContainingSymbol: symbol, allExtensionNumbersOfType: type } = request;
    if (type !== undefined && this.bySymbol.has(type)) {
      return { ...about, allExtensionNumbersResponse: { baseTypeName: type, extensionNumber: [] } };
    }
    const file = name === undefined ? this.bySymbol.get(symbol ?? '') : this.byName.get(name);
    if (!file) {
      const errorMessage = `there is no ${name ?? symbol ?? type ?? 'extension'} here`.slice(0, 300);
      return { ...about, errorResponse: { errorCode: 5, errorMessage } };
    }
    return { ...about, fileDescriptorResponse: { fileDescriptorProto: this.withImports(file) } };
  }

  private withImports(file: FileDescriptor): readonly Uint8Array[] {
    const found = new Set<FileDescriptor>();
    const visit = (each: FileDescriptor): void => {
      if (found.has(each)) return;
      found.add(each);
      for (const name of each.imports) visit(this.byName.get(name)!);
    };
    visit(file);
    return [...found].map(({ bytes }) => bytes);
  }
}
