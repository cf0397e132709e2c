import type * as Protobuf from '@skerry/protobuf';
import type { CliCommand } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { compactJson } from '../terminal/json-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { jsonOption, moduleArgument } from './options.js';

export interface ProtoRequest {
  readonly module?: string | undefined;
  /** Of the working directory, as are the others. */
  readonly out?: string;
  readonly lock: string;
  readonly check?: boolean;
  readonly service?: readonly string[];
  readonly json?: boolean;
}

export const proto: CliCommand = {
  name: 'proto',
  summary: "write an application's messages and services as a .proto",
  examples: ['skerry proto dist/app.module.js --out shop.proto', 'skerry proto --out shop.proto --check'],
  declare(command, act) {
    command
      .description(
        'Writes the .proto of an application, and keeps the numbers of its fields in a lock file, which belongs into version ' +
          'control: a number that changes is an error, one that is gone stays reserved. Nothing of the application is started.',
      )
      .addArgument(moduleArgument())
      .option('--out <file>', 'write it to this file instead of printing it')
      .option('--lock <file>', 'the file that keeps the numbers', 'skerry.proto.lock.json')
      .option('--service <names...>', 'only these services: those of one package fit into one file')
      .option('--check', 'write nothing; fail when the files say something else')
      .addOption(jsonOption('what was done with each file, and without --out the .proto,'))
      .action((module: string | undefined, options: Omit<ProtoRequest, 'module'>) =>
        act((terminal) => writeProto({ module, ...options }, terminal)),
      );
  },
};

async function writeProto(request: ProtoRequest, terminal: Terminal): Promise<number> {
  const { stdout, stderr, cwd } = terminal;
  const { out, lock: lockFile, check = false, service: wanted, json = false } = request;
  const { findModuleFile } = await import('../application/module-file.js');
  const { readIfThere, writeChanged } = await import('../application/written-file.js');
  const { contractOf } = await import('../documents/with-contract.js');
  const file = findModuleFile(request.module, cwd);
  const protobuf = await protobufOf(file.path);
  const { contract } = await contractOf(request, terminal);
  const all = contract.services;
  const missing = wanted?.find((name) => !all.some((each) => each.name === name));
  if (missing !== undefined) {
    throw new UsageError(
      `${file.shown} has no service ${missing}`,
      `name one of ${all.map(({ name }) => name).join(', ')}`,
    );
  }
  const services = wanted ? all.filter(({ name }) => wanted.includes(name)) : all;
  const before = await readIfThere(lockFile, cwd);
  const lock = protobuf.lockNumbers(services, before === undefined ? undefined : protobuf.readProtoLock(before));
  const text = protobuf.protoFile(services, { lock });
  const files = [
    [lockFile, protobuf.protoLockText(lock)] as const,
    ...(out === undefined ? [] : [[out, text] as const]),
  ];
  const outcomes = await Promise.all(
    files.map(async ([name, content]) => {
      const was = await readIfThere(name, cwd);
      return { file: name, done: was === content ? 'unchanged' : was === undefined ? 'created' : 'updated' };
    }),
  );
  const changed = outcomes.filter(({ done }) => done !== 'unchanged').map(({ file: name }) => name);
  if (check) {
    if (json) await stdout.write(`${compactJson({ changed })}\n`);
    if (changed.length === 0) return exitCodes.ok;
    if (!json) {
      await stderr.write(
        `${changed.join(' and ')} would change: run skerry proto without --check, and commit the result\n`,
      );
    }
    return exitCodes.failed;
  }
  for (const [name, content] of files) await writeChanged(name, content, cwd);
  if (json) await stdout.write(`${compactJson({ files: outcomes, ...(out === undefined ? { text } : {}) })}\n`);
  else if (out === undefined) await stdout.write(text);
  return exitCodes.ok;
}

/** The copy that the application has: it knows the application's classes. */
async function protobufOf(path: string): Promise<typeof Protobuf> {
  const { createRequire } = await import('node:module');
  const { pathToFileURL } = await import('node:url');
  let entry: string;
  try {
    entry = createRequire(path).resolve('@skerry/protobuf');
  } catch {
    throw new UsageError(
      'Cannot write a .proto: the application has no @skerry/protobuf.',
      'npm install @skerry/protobuf',
    );
  }
  return (await import(pathToFileURL(entry).href)) as typeof Protobuf;
}
