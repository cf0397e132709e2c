import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Handler,
  LocalRegistryDriver,
  Clock,
  Module,
  REGISTRY_DRIVER,
  Service,
  Skerry,
  type Application,
} from '@skerry/core';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Min,
  ValidateNested,
} from 'class-validator';
import { compile } from '../fixtures/compile.js';
import { hello } from '../fixtures/greeter.js';
import { MemoryTerminal } from '../fixtures/memory-terminal.js';
import { RegistryDirectory } from '../fixtures/registry-directory.js';
import { runProgram } from '../program.js';

class Line {
  @IsString()
  @Length(1, 20)
  sku!: string;

  @IsInt()
  @Min(1)
  pieces!: number;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Line)
  parts?: Line[];
}

class OrderRequest {
  @IsIn(['normal', 'express'])
  speed!: 'normal' | 'express';

  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];

  @IsOptional()
  @IsBoolean()
  'gift-wrapped'?: boolean;
}

class Receipt {
  @IsInt()
  total!: number;
}

@Service('order-desk', { version: '1.2.0' })
class OrderDesk {
  @Handler({
    reply: Receipt,
    idempotent: true,
    description: 'Places an order.\n\nAsks nobody. */ export const evil = 1; /*',
  })
  async place({ lines }: OrderRequest): Promise<Receipt> {
    return { total: lines.reduce((sum, { pieces }) => sum + pieces, 0) };
  }

  @Handler({ reply: Line, readOnly: true })
  async *lines({ lines }: OrderRequest): AsyncGenerator<Line> {
    yield* lines;
  }

  @Handler({ kind: 'client-stream', request: Line, reply: Receipt })
  async add(lines: AsyncIterable<Line>): Promise<Receipt> {
    let total = 0;
    for await (const { pieces } of lines) total += pieces;
    return { total };
  }

  @Handler({ kind: 'bidirectional', request: Line, reply: Line })
  async *check(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
    yield* lines;
  }

  @Handler({ reply: String })
  async motto(): Promise<string> {
    return 'gladly';
  }

  @Handler()
  async close(): Promise<void> {
    // Nothing to close.
  }
}

let registry: RegistryDirectory;
let folder: string;
let desk: Application;

/** An application that finds others where the command does. */
async function start(...providers: (new (...args: never[]) => unknown)[]): Promise<Application> {
  class Root {}
  Module({
    providers: [
      ...providers,
      {
        provide: REGISTRY_DRIVER,
        useFactory: (clock: Clock) => new LocalRegistryDriver(clock, { directory: registry.path }),
        inject: [Clock],
      },
    ],
  })(Root);
  const app = await Skerry.create(Root, { env: {}, logLevel: 'silent', drainDelayMs: 0 });
  await app.start();
  return app;
}

async function skerry(...args: string[]): Promise<MemoryTerminal & { exitCode: number | undefined }> {
  const terminal = new MemoryTerminal({ env: { ...registry.env, NO_COLOR: '1' }, cwd: folder });
  const exitCode = await runProgram(args, terminal);
  return Object.assign(terminal, { exitCode });
}

beforeAll(async () => {
  registry = await RegistryDirectory.create();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'skerry-cli-')));
  await mkdir(join(folder, 'node_modules/@skerry'), { recursive: true });
  await symlink(fileURLToPath(new URL('../../../core', import.meta.url)), join(folder, 'node_modules/@skerry/core'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  desk = await start(OrderDesk);
});
afterAll(async () => {
  await desk.stop();
  await registry.close();
  await rm(folder, { recursive: true });
});

// Of another repository, which has none of the classes.
const usage = `
import { Injectable, InjectClient, type Client } from '@skerry/core';
import type { Line, OrderDesk } from './order-desk.client.js';

@Injectable()
export class Caller {
  constructor(@InjectClient('order-desk') private readonly desk: Client<OrderDesk>) {}

  async all(): Promise<unknown[]> {
    const lines: Line[] = [{ sku: 'A1', pieces: 2, parts: [{ sku: 'B1', pieces: 1 }] }, { sku: 'A2', pieces: 3 }];
    const { total } = await this.desk.place({ speed: 'express', lines, 'gift-wrapped': true }, { timeoutMs: 2_000 });
    const double: number = total * 2;
    const skus: string[] = [];
    for await (const { sku } of this.desk.lines({ speed: 'normal', lines })) skus.push(sku);
    const added: number = (await this.desk.add(lines)).total;
    for await (const { sku, parts } of this.desk.check(lines)) skus.push(sku + (parts?.length ?? 0));
    const motto: string = await this.desk.motto();
    await this.desk.close();
    return [double, skus, added, motto];
  }
}
`;

test('a client that it writes compiles, and calls the service', async () => {
  const { stdout, exitCode } = await skerry('generate', 'client', 'order-desk', '--out', 'order-desk.client.ts');
  expect(stdout.text).toBe('created order-desk.client.ts\n');
  expect(exitCode).toBe(0);
  await writeFile(join(folder, 'usage.ts'), usage);
  expect(compile(folder, ['order-desk.client.ts', 'usage.ts'])).toEqual([]);

  const { Caller } = (await import(join(folder, 'usage.js'))) as {
    Caller: new (...args: never[]) => { all(): Promise<unknown> };
  };
  const caller = await start(Caller);
  try {
    expect(await caller.get(Caller).all()).toEqual([10, ['A1', 'A2', 'A11', 'A20'], 5, 'gladly']);
  } finally {
    await caller.stop();
  }
}, 60_000);

test('its types keep a caller from what the service does not take', async () => {
  await skerry('generate', 'client', 'order-desk', '--out', 'order-desk.client.ts');
  const wrong = usage
    .replace("speed: 'express'", "speed: 'slow'")
    .replace('const double: number', 'const double: string')
    .replace('this.desk.close()', 'this.desk.open()');
  await writeFile(join(folder, 'wrong.ts'), wrong);
  expect(compile(folder, ['order-desk.client.ts', 'wrong.ts'])).toEqual([
    expect.stringContaining('"slow"'),
    expect.stringContaining("'number' is not assignable to type 'string'"),
    expect.stringContaining("'open' does not exist"),
  ]);
}, 60_000);

test('it tells what the types cannot', async () => {
  const { stdout } = await skerry('generate', 'client', 'order-desk');
  expect(stdout.text).toContain(`from what order-desk 1.2.0 tells the registry.`);
  expect(stdout.text).toContain(`export interface OrderDesk {`);
  expect(stdout.text).toContain(
    `  /**
   * Places an order.
   *
   * Asks nobody. *\\/ export const evil = 1; /*
   *
   * May be sent again: doing it twice has the effect of doing it once.
   */
  place(request: OrderRequest): Promise<Receipt>;
`,
  );
  expect(stdout.text).toContain(
    `export interface Line {
  /** 1 to 20 characters */
  sku: string;
  /** a whole number, at least 1 */
  pieces: number;
  parts?: Line[];
}
`,
  );
});

test('a file that says the same already is left alone', async () => {
  await skerry('generate', 'client', 'order-desk', '--out', 'again.ts');
  const { stdout } = await skerry('generate', 'client', 'order-desk', '--out', 'again.ts', '--json');
  expect(JSON.parse(stdout.text)).toEqual({ file: 'again.ts', done: 'unchanged' });
  const printed = await skerry('generate', 'client', 'order-desk', '--json');
  expect(JSON.parse(printed.stdout.text)).toEqual({
    service: 'order-desk',
    text: await readFile(join(folder, 'again.ts'), 'utf8'),
  });
});

test('whatever others write into the registry, it is a file that compiles', async () => {
  const schema = {
    ...{ title: 'Promise<any>; evil', type: 'object', description: '*/ evil' },
    properties: {
      '"; evil': { type: ['string', 'null'], description: '*/ evil\u2028evil' },
      choice: { enum: ['"', 1, null, { a: 1 }] },
      several: {
        oneOf: [
          { type: 'array', items: { enum: ['a', 'b'] } },
          { type: 'object', additionalProperties: { type: 'integer' } },
        ],
      },
      both: { allOf: [{ $ref: '#/$defs/%E0%A4%A' }, { properties: { a: { const: 1 } }, required: ['a'] }] },
      gone: { $ref: 'https://example.org/schema.json' },
      nothing: { type: 'object' },
    },
  };
  const endpoints = [
    hello,
    { ...hello, name: 'Promise', request: schema, reply: { title: 'promise', type: 'object' } },
    {
      ...hello,
      name: 'a-b"',
      kind: 'client-stream' as const,
      request: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    },
  ];
  const service = '123 évil */ "';
  await registry.register({ service, id: 'evil', endpoints });
  expect((await skerry('generate', 'client', service, '--out', 'evil.ts')).exitCode).toBe(0);
  expect(compile(folder, ['evil.ts'])).toEqual([]);
}, 60_000);

test('a service that nobody knows is told like everywhere', async () => {
  const { stderr, exitCode } = await skerry('generate', 'client', 'order-dest');
  expect(stderr.lines[0]).toMatch(
    /^SKERRY_RPC_NO_NODE {2}Cannot generate a client of order-dest: .* Did you mean 'order-desk'\?$/,
  );
  expect(exitCode).toBe(1);
});
