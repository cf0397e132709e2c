import protobufjs from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';

/** A file of a `.proto`, as other tools read it. */
export interface FileDescriptor {
  readonly name: string;
  /** `google.protobuf.FileDescriptorProto`. */
  readonly bytes: Uint8Array;
  readonly imports: readonly string[];
  /** Everything in it that has a name: messages, enums, services, methods. */
  readonly symbols: readonly string[];
}

type Plain = Record<string, unknown>;

const scalarNumbers: Readonly<Record<string, number>> = {
  ...{ double: 1, float: 2, int64: 3, uint64: 4, int32: 5, fixed64: 6, fixed32: 7, bool: 8, string: 9, bytes: 12 },
  ...{ uint32: 13, sfixed32: 15, sfixed64: 16, sint32: 17, sint64: 18 },
};
const googleFiles: Readonly<Record<string, string>> = {
  ...{ Any: 'any', Duration: 'duration', Empty: 'empty', FieldMask: 'field_mask', Timestamp: 'timestamp' },
  ...{ Struct: 'struct', Value: 'struct', ListValue: 'struct', NullValue: 'struct' },
};

/**
 * The files of what was parsed: one for each package, and google's as everyone has them. Only what services use is in them.
 *
 * @param snakeCase The names of fields were made camelCase when they were parsed.
 */
export function fileDescriptors(root: protobufjs.Root, snakeCase: boolean): readonly FileDescriptor[] {
  const files = new Map<string, FileWriter>();
  const fileOf = (object: protobufjs.ReflectionObject): FileWriter => {
    const name = fileName(object);
    let file = files.get(name);
    if (!file) files.set(name, (file = new FileWriter(name, packageOf(object), snakeCase, fileOf)));
    return file;
  };
  for (const object of topLevel(root)) if (object instanceof protobufjs.Service) fileOf(object).add(object);
  return [...files.values()].map((file) => file.written());
}

function* topLevel(namespace: protobufjs.NamespaceBase): Generator<protobufjs.ReflectionObject> {
  for (const each of namespace.nestedArray) {
    if (each instanceof protobufjs.Type || each instanceof protobufjs.Service || each instanceof protobufjs.Enum)
      yield each;
    else if (each instanceof protobufjs.Namespace) yield* topLevel(each);
  }
}

function topOf(object: protobufjs.ReflectionObject): protobufjs.ReflectionObject {
  let top = object;
  while (top.parent instanceof protobufjs.Type) top = top.parent;
  return top;
}

function packageOf(object: protobufjs.ReflectionObject): string {
  return topOf(object).parent!.fullName.replace(/^\./, '');
}

function fileName(object: protobufjs.ReflectionObject): string {
  const name = packageOf(object);
  if (name !== 'google.protobuf') return `${name === '' ? 'root' : name.replaceAll('.', '/')}.proto`;
  return `google/protobuf/${googleFiles[topOf(object).name] ?? 'wrappers'}.proto`;
}

/** Makes one file of what is added to it, and adds what that needs to the others. */
class FileWriter {
  private readonly imports = new Set<string>();
  private readonly symbols: string[] = [];
  private readonly added = new Set<protobufjs.ReflectionObject>();
  private readonly messageType: Plain[] = [];
  private readonly enumType: Plain[] = [];
  private readonly service: Plain[] = [];

  constructor(
    readonly name: string,
    private readonly packageName: string,
    private readonly snakeCase: boolean,
    private readonly fileOf: (object: protobufjs.ReflectionObject) => FileWriter,
  ) {}

  add(object: protobufjs.ReflectionObject): void {
    const top = topOf(object);
    if (this.added.has(top)) return;
    this.added.add(top);
    if (top instanceof protobufjs.Service) this.service.push(this.serviceOf(top));
    else if (top instanceof protobufjs.Enum) this.enumType.push(this.enumOf(top));
    else if (top instanceof protobufjs.Type) this.messageType.push(this.messageOf(top));
  }

  written(): FileDescriptor {
    const { name, messageType, enumType, service, symbols } = this;
    const imports = [...this.imports].sort();
    const file = { name, package: this.packageName, dependency: imports, messageType, enumType, service };
    const type = descriptor.FileDescriptorProto as protobufjs.Type;
    const bytes = type.encode(type.fromObject({ ...file, syntax: 'proto3' })).finish();
    return { name, bytes, imports, symbols };
  }

  /** A name as it is written from anywhere, with its file imported. */
  private reference(object: protobufjs.ReflectionObject): string {
    const file = this.fileOf(object);
    if (file !== this) this.imports.add(file.name);
    file.add(object);
    return object.fullName;
  }

  private named(object: protobufjs.ReflectionObject): void {
    this.symbols.push(object.fullName.replace(/^\./, ''));
  }

  private serviceOf(service: protobufjs.Service): Plain {
    this.named(service);
    const method = service.methodsArray.map((each) => {
      each.resolve();
      this.named(each);
      return {
        name: each.name,
        inputType: this.reference(each.resolvedRequestType!),
        outputType: this.reference(each.resolvedResponseType!),
        ...(each.requestStream ? { clientStreaming: true } : {}),
        ...(each.responseStream ? { serverStreaming: true } : {}),
      };
    });
    return { name: service.name, method };
  }

  private enumOf(type: protobufjs.Enum): Plain {
    this.named(type);
    const value = Object.entries(type.values).map(([name, number]) => ({ name, number }));
    const aliases = new Set(Object.values(type.values)).size < value.length;
    return { name: type.name, value, ...(aliases ? { options: { allowAlias: true } } : {}) };
  }

  private messageOf(type: protobufjs.Type): Plain {
    this.named(type);
    const oneofs = [...type.oneofsArray].sort((a, b) => Number(a.isProto3Optional) - Number(b.isProto3Optional));
    const nestedType: Plain[] = [];
    const enumType: Plain[] = [];
    for (const each of type.nestedArray) {
      if (each instanceof protobufjs.Type) nestedType.push(this.messageOf(each));
      else if (each instanceof protobufjs.Enum) enumType.push(this.enumOf(each));
    }
    const field = type.fieldsArray.map((each) => this.fieldOf(each.resolve(), type, oneofs, nestedType));
    return { name: type.name, field, nestedType, enumType, oneofDecl: oneofs.map(({ name }) => ({ name })) };
  }

  private fieldOf(
    field: protobufjs.Field,
    type: protobufjs.Type,
    oneofs: readonly protobufjs.OneOf[],
    nestedType: Plain[],
  ): Plain {
    const name = this.snakeCase ? snake(field.name) : field.name;
    const given = field.options?.['json_name'] as string | undefined;
    const plain: Plain = { name, number: field.id, label: field.repeated ? 3 : 1, jsonName: given ?? camel(name) };
    if (field instanceof protobufjs.MapField) {
      const entry = `${camel(`_${name}`)}Entry`;
      nestedType.push(this.entryOf(entry, field));
      return { ...plain, label: 3, type: 11, typeName: `${type.fullName}.${entry}` };
    }
    const { partOf } = field;
    return {
      ...plain,
      ...this.typeOf(field),
      ...(partOf ? { oneofIndex: oneofs.indexOf(partOf) } : {}),
      ...(partOf?.isProto3Optional ? { proto3Optional: true } : {}),
    };
  }

  private entryOf(name: string, map: protobufjs.MapField): Plain {
    const key = { name: 'key', number: 1, label: 1, type: scalarNumbers[map.keyType]! };
    const value = { name: 'value', number: 2, label: 1, ...this.typeOf(map) };
    return { name, field: [key, value], options: { mapEntry: true } };
  }

  private typeOf({ type, resolvedType }: Pick<protobufjs.FieldBase, 'type' | 'resolvedType'>): Plain {
    if (!resolvedType) return { type: scalarNumbers[type]! };
    return { type: resolvedType instanceof protobufjs.Enum ? 14 : 11, typeName: this.reference(resolvedType) };
  }
}

function camel(name: string): string {
  return name.replace(/_+(.?)/g, (_, next: string) => next.toUpperCase());
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
