import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SkerryError } from '@skerry/core';
import { parseProto } from '@skerry/protobuf/schema-first';
import type protobufjs from 'protobufjs';

/** A `.proto`: the path of a file, its text, or what `parseProto` made of it. */
export type ProtoSource = string | URL | protobufjs.Root;

const importForm = /^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"\s*;/gm;

/**
 * Reads a `.proto` with everything that it imports: looked for beside the file, and in the folders above. Throws
 * `SKERRY_OPTION_INVALID` for what cannot be read.
 */
export function loadProto(source: ProtoSource): protobufjs.Root {
  if (typeof source === 'object' && !(source instanceof URL)) return source;
  if (typeof source === 'string' && source.includes('{')) return parseProto(source);
  const path = source instanceof URL ? fileURLToPath(source) : resolve(source);
  const texts = new Map<string, string>();
  collect(path, texts);
  return parseProto(...texts.values());
}

function collect(path: string, texts: Map<string, string>): void {
  if (texts.has(path)) return;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SkerryError('SKERRY_OPTION_INVALID', `The .proto cannot be read: ${(cause as Error).message}`, { cause });
  }
  texts.set(path, text);
  for (const [, name] of text.matchAll(importForm)) {
    if (!name!.startsWith('google/protobuf/')) collect(imported(name!, path), texts);
  }
}

function imported(name: string, by: string): string {
  for (let folder = dirname(by); ; folder = dirname(folder)) {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) break;
  }
  throw new SkerryError(
    'SKERRY_OPTION_INVALID',
    `${by} imports ${name}, which is not beside it and in no folder above`,
  );
}
