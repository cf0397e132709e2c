import { SkerryError } from '@skerry/core';
import type { ProtoLock } from './proto-lock.js';
import { ProtoMessages, type ProtoField, type ProtoMessage } from './proto-messages.js';
import { identifier, protoServiceName, type ProtoHandler, type ProtoService } from './proto-service.js';

export interface ProtoFileOptions {
  /** What the numbers of fields that are gone were: they become `reserved`. Default: none are. */
  readonly lock?: ProtoLock;
}

/**
 * The `.proto` of services: what other languages generate their clients from. The same text for the same services, in
 * whatever order they come. Throws `SKERRY_OPTION_INVALID` for services of two packages, which need a file each, and for two
 * classes of one name.
 */
export function protoFile(services: readonly ProtoService[], { lock }: ProtoFileOptions = {}): string {
  const sorted = [...services].sort((a, b) => (a.name < b.name ? -1 : 1));
  const packages = new Set(sorted.map(({ name }) => protoServiceName(name).package));
  if (packages.size > 1) throw severalPackages(sorted);
  const messages = new ProtoMessages(sorted);
  const [name = ''] = packages;
  // Written before the imports are known, as rpcs need some, too.
  const blocks = [
    ...sorted.map((service) => serviceText(service, messages)),
    ...messages.all.map((message) => messageText(message, lock)),
  ];
  const imports = messages.imports.map((file) => `import "${file}";`).join('\n');
  const head = ['syntax = "proto3";', name && `package ${name};`, imports];
  return `${[...head, ...blocks].filter(Boolean).join('\n\n')}\n`;
}

function serviceText({ name, description, handlers }: ProtoService, messages: ProtoMessages): string {
  const sorted = [...handlers].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rpcs = sorted.map((handler) => rpcText(handler, messages));
  return `${comment(description, '')}service ${protoServiceName(name).name} {\n${rpcs.join('\n')}\n}`;
}

function rpcText({ name, kind, description, request, reply }: ProtoHandler, messages: ProtoMessages): string {
  const many = (is: boolean): string => (is ? 'stream ' : '');
  const takes = many(kind === 'client-stream' || kind === 'bidirectional') + messages.typeOf(request);
  const gives =
    many(kind === 'server-stream' || kind === 'bidirectional') + messages.typeOf(reply, 'google.protobuf.Value');
  return `${comment(description, '  ')}  rpc ${identifier(name)}(${takes}) returns (${gives});`;
}

function messageText({ name, fields }: ProtoMessage, lock?: ProtoLock): string {
  const lines: string[] = [];
  const reserved = lock?.messages[name]?.reserved ?? {};
  const gone = Object.entries(reserved);
  if (gone.length > 0) {
    const numbers = [...new Set(gone.map(([, field]) => field.number))].sort((a, b) => a - b);
    lines.push(`  reserved ${numbers.join(', ')};`);
    const names = gone.map(([field]) => JSON.stringify(identifier(field))).sort();
    lines.push(`  reserved ${names.join(', ')};`);
  }
  const oneofs = new Set<string>();
  for (const field of fields) {
    if (field.oneof === undefined) lines.push(`  ${fieldText(field)}`);
    else if (!oneofs.has(field.oneof)) {
      oneofs.add(field.oneof);
      const members = fields.filter(({ oneof }) => oneof === field.oneof).map((each) => `    ${fieldText(each)}`);
      lines.push(`  oneof ${identifier(field.oneof)} {\n${members.join('\n')}\n  }`);
    }
  }
  return lines.length === 0 ? `message ${name} {}` : `message ${name} {\n${lines.join('\n')}\n}`;
}

function fieldText({ name, number, type, optional }: ProtoField): string {
  const written = identifier(name);
  // Proto3's JSON would otherwise make another name of it.
  const json = jsonName(written) === name ? '' : ` [json_name = ${quoted(name)}]`;
  return `${optional ? 'optional ' : ''}${type} ${written} = ${number}${json};`;
}

function jsonName(written: string): string {
  return written.replace(/_+(.?)/g, (_, next: string) => next.toUpperCase());
}

function quoted(text: string): string {
  return `"${text.replace(/\p{Cc}/gu, ' ').replace(/["\\]/g, '\\$&')}"`;
}

function comment(description: string | undefined, indent: string): string {
  if (!description) return '';
  const lines = description.split(/\r?\n/).map((line) => `${indent}// ${line}`.trimEnd());
  return `${lines.join('\n')}\n`;
}

function severalPackages(services: readonly ProtoService[]): SkerryError {
  const names = services.map(({ name }) => name).join(', ');
  return new SkerryError(
    'SKERRY_OPTION_INVALID',
    `Cannot write one .proto for ${names}: what stands before the last dot is the package, and a file has one. Write a file for each.`,
  );
}
