import { schemaChecker } from '@skerry-private/test-kit';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDate,
  IsEnum,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Min,
  ValidateNested,
} from 'class-validator';
import { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import type { Application } from './application.js';
import { startAlone } from './fixtures/http-harness.js';

class Piece {
  @IsString()
  @Length(1, 10)
  sku!: string;

  @IsInt()
  @Min(1)
  count!: number;
}

class Order {
  @IsArray()
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => Piece)
  pieces!: Piece[];

  @IsOptional()
  @IsDate()
  due?: Date;

  @IsOptional()
  cents?: bigint;

  @IsOptional()
  note?: Uint8Array;
}

class Search {
  @IsString()
  text!: string;

  @IsArray()
  @ArrayMaxSize(4)
  @IsInt({ each: true })
  sizes!: number[];

  @IsOptional()
  @IsEnum(['new', 'old'])
  state?: string;

  @IsOptional()
  @IsBoolean()
  sale?: boolean;

  @IsOptional()
  @ValidateNested()
  @Type(() => Piece)
  like?: Piece;
}

class Count {
  @IsInt()
  @Min(0)
  to!: number;
}

@Service('store', { version: '2.1.0' })
class Store {
  @Handler({ reply: Order, idempotent: true })
  async order(order: Order): Promise<Order> {
    return order;
  }

  @Handler({ reply: Search, readOnly: true })
  async search(search: Search): Promise<Search> {
    return search;
  }

  @Handler({ reply: Piece, readOnly: true })
  async *count({ to }: Count): AsyncGenerator<Piece> {
    for (let count = 1; count <= to; count++) yield { sku: 'a', count };
    if (to === 3) throw new SkerryError('OUT_OF_STOCK', 'no more of it', { status: 'UNAVAILABLE', retryable: true });
  }

  @Handler({ kind: 'client-stream', request: Piece, reply: Count })
  async sum(pieces: AsyncIterable<Piece>): Promise<Count> {
    let to = 0;
    for await (const { count } of pieces) to += count;
    return { to };
  }

  @Handler({ request: Object })
  async fails(how: unknown): Promise<void> {
    if (how === 'unmeant') throw new TypeError('hunter2');
    throw new SkerryError('OWN', 'its own', how as { status: 'UNAVAILABLE' });
  }

  @Handler({ kind: 'bidirectional', request: Piece, reply: Piece })
  async *both(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
    yield* pieces;
  }
}

@Module({ providers: [Store] })
class StoreModule {}

describe('the OpenAPI document of a running application', () => {
  let app: Application;
  let url: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document is read by the paths that its readers know
  let document: any;
  let mistakes: ReturnType<typeof schemaChecker>;

  beforeAll(async () => {
    const options = { logLevel: 'silent', drainDelayMs: 0, env: {}, maxMessageBytes: 10_000 } as const;
    app = await startAlone(StoreModule, { ...options, http: { openapi: true } });
    url = app.address!.replace(/^tcp/, 'http');
    document = await (await fetch(`${url}/openapi.json`)).json();
    mistakes = schemaChecker(document as object);
  });

  afterAll(() => app.stop());

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
  const operation = (path: string, method = 'post'): any => document.paths[path][method];

  function resolved<T>(value: T): T {
    const path = (value as { $ref?: string }).$ref?.split('/').slice(1);
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
    return path ? path.reduce((all: any, key) => all[key], document) : value;
  }

  /** Sends what the document allows, or does not, and holds what comes back against it. */
  async function exchange(
    path: string,
    init: RequestInit & { readonly query?: string },
  ): Promise<{ status: number; body: string }> {
    const { query = '', method = 'POST' } = init;
    const response = await fetch(`${url}${path}${query}`, init);
    const { responses } = operation(path, method.toLowerCase());
    const described = resolved(responses[response.status] ?? responses.default);
    const type = response.headers.get('content-type')!;
    expect(Object.keys(described.content)).toContain(type);
    for (const [name, header] of Object.entries(described.headers as object)) {
      const value = response.headers.get(name);
      const { schema } = resolved(header);
      if (value !== null) expect(mistakes(schema, schema.type === 'integer' ? Number(value) : value)).toEqual([]);
    }
    const body = await response.text();
    const { schema } = described.content[type];
    if (type === 'application/json' || type === 'application/problem+json')
      expect(mistakes(schema, JSON.parse(body))).toEqual([]);
    return { status: response.status, body };
  }

  const post = (path: string, message: unknown, headers: Record<string, string> = {}) =>
    exchange(path, {
      method: 'POST',
      body: JSON.stringify(message),
      headers: { 'content-type': 'application/json', ...headers },
    });

  test('is served only where it was asked for, and only read', async () => {
    const response = await fetch(`${url}/openapi.json`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'StoreModule', version: '2.1.0' } });
    const written = await fetch(`${url}/openapi.json`, { method: 'POST' });
    expect([written.status, written.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    const other = await startAlone(StoreModule, { logLevel: 'silent', drainDelayMs: 0, env: {} });
    expect((await fetch(`${other.address!.replace(/^tcp/, 'http')}/openapi.json`)).status).toBe(404);
    await other.stop();
  });

  test('names what can be called, and all of it answers', async () => {
    expect(Object.keys(document.paths)).toEqual([
      '/store/count',
      '/store/fails',
      '/store/order',
      '/store/search',
      '/store/sum',
    ]);
    for (const [path, item] of Object.entries(document.paths as object)) {
      for (const method of ['get', 'post', 'put', 'delete']) {
        const { status } = await fetch(`${url}${path}`, { method, headers: { accept: '*/*' } });
        expect([path, method, status === 405]).toEqual([path, method, !(method in (item as object))]);
      }
    }
    expect(document['x-skerry-omitted']).toEqual({ 'store.both': 'bidirectional' });
    expect((await fetch(`${url}/store/both`, { method: 'POST' })).status).toBe(400);
  });

  test.each<[what: string, message: unknown]>([
    ['least', { pieces: [] }],
    ['all', { pieces: [{ sku: 'a', count: 1 }], due: '2026-02-03T04:05:06.000Z', cents: '12', note: 'AQI=' }],
    ['too many', { pieces: Array.from({ length: 4 }, () => ({ sku: 'a', count: 1 })) }],
    ['a nested field that is wrong', { pieces: [{ sku: '', count: 0 }] }],
    ['a field of another type', { pieces: 'none' }],
    ['a field that is missing', {}],
    ['no date', { pieces: [], due: 'soon' }],
    ['null', null],
    ['a list', []],
  ])('the schema of a request takes what the handler takes: %s', async (_what, message) => {
    const { schema } = operation('/store/order').requestBody.content['application/json'];
    const { status, body } = await post('/store/order', message);
    expect([status, mistakes(schema, message).length > 0]).toEqual(status === 200 ? [200, false] : [400, true]);
    if (status === 200) return expect(JSON.parse(body)).toEqual(message);
    const { code, fields } = JSON.parse(body) as { code: string; fields: unknown[] };
    expect([code, fields.length > 0]).toEqual(['SKERRY_VALIDATION_FAILED', true]);
  });

  test('the parameters of a query are those that are read', async () => {
    const { parameters, description } = operation('/store/search', 'get');
    const inQuery = (parameters as { in: string; name: string }[]).filter((each) => each.in === 'query');
    expect(inQuery.map(({ name }) => name)).toEqual(['text', 'sizes', 'state', 'sale']);
    expect(description).toContain('like');
    const ok = await exchange('/store/search', {
      method: 'GET',
      query: '?text=a%20b&sizes=1&sizes=2&state=new&sale=true',
    });
    expect([ok.status, JSON.parse(ok.body)]).toEqual([200, { text: 'a b', sizes: [1, 2], state: 'new', sale: true }]);
    for (const query of [
      '',
      '?text=a',
      '?text=a&sizes=x',
      '?text=a&sizes=1&state=other',
      '?text=a&sizes=1&like=x',
      '?text=%zz',
    ]) {
      expect([query, (await exchange('/store/search', { method: 'GET', query })).status]).toEqual([query, 400]);
    }
  });

  test('the headers of a call are those that are read', async () => {
    const names = (operation('/store/order').parameters as object[]).map(
      (each) => resolved(each) as { name: string; schema: object },
    );
    expect(names.map(({ name }) => name)).toEqual(['x-timeout-ms', 'traceparent', 'idempotency-key']);
    const { schema } = names[0]!;
    for (const value of ['1000', '9999999999', '99999999999', '-1', '1.5', 'soon']) {
      const { status } = await post('/store/order', { pieces: [] }, { 'x-timeout-ms': value });
      expect([value, status]).toEqual([value, mistakes(schema, Number(value)).length > 0 ? 400 : 200]);
    }
    const late = await post('/store/order', { pieces: [] }, { 'x-timeout-ms': '0' });
    expect(late.status).toBe(504);
  });

  test('every problem is as it is described', async () => {
    const statuses = ['CANCELLED', 'NOT_FOUND', 'RESOURCE_EXHAUSTED', 'UNAVAILABLE', 'UNAUTHENTICATED', 'UNKNOWN'];
    for (const status of statuses) {
      const { body } = await post('/store/fails', { status, retryable: true, details: { sku: 'A1' } });
      expect(JSON.parse(body)).toMatchObject({ code: 'OWN', statusName: status, details: { sku: 'A1' } });
    }
    expect((await post('/store/fails', 'unmeant')).status).toBe(500);
    const huge = await post('/store/order', { pieces: [], more: 'x'.repeat(20_000) });
    expect(huge.status).toBe(413);
    expect((await post('/store/order', {}, { 'content-type': 'text/html' })).status).toBe(415);
    expect((await post('/store/order', {}, { accept: 'text/html' })).status).toBe(406);
    const broken = await exchange('/store/order', {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(broken.status).toBe(400);
  });

  test('streams are sequences of what is described, and a failure is a problem', async () => {
    const { content } = operation('/store/count', 'get').responses['200'];
    const problem = { $ref: '#/components/schemas/Problem' };
    for (const type of Object.keys(content as object)) {
      for (const to of [2, 3]) {
        const { body } = await exchange('/store/count', {
          method: 'GET',
          query: `?to=${to}`,
          headers: { accept: type },
        });
        const parts = type === 'application/x-ndjson' ? body.trim().split('\n') : body.trim().split('\n\n');
        expect(parts).toHaveLength(to === 3 ? 4 : 2);
        parts.forEach((part, at) => {
          const value = JSON.parse(type === 'application/x-ndjson' ? part : /^data: (.*)$/m.exec(part)![1]!) as {
            error?: unknown;
          };
          expect(
            mistakes(at === 3 ? problem : content[type].schema, at === 3 ? (value.error ?? value) : value),
          ).toEqual([]);
        });
      }
    }
    const [sentAs] = Object.keys(operation('/store/sum').requestBody.content as object);
    const line = JSON.stringify({ sku: 'a', count: 2 });
    const summed = await exchange('/store/sum', {
      method: 'POST',
      body: `${line}\n${line}\n`,
      headers: { 'content-type': sentAs! },
    });
    expect([summed.status, JSON.parse(summed.body)]).toEqual([200, { to: 4 }]);
  });
});
