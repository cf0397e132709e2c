import { eventually } from '@skerry-private/test-kit';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { Injectable } from '../container/injectable.js';
import { SystemClock } from '../clock/system-clock.js';
import { tokenKey } from '../container/token.js';
import { Context } from '../context/context.js';
import { HealthCheck } from '../debug/health-check.js';
import { SkerryError } from '../errors/skerry-error.js';
import { Module } from '../module/module.js';
import { ErrorMapper, Guard, Interceptor, type HandlerCall } from '../service/pipeline.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { TcpTransport } from '../transport/tcp.js';
import { TRANSPORT_DRIVERS } from '../transport/transport.js';
import type { Application } from './application.js';
import { World } from './fixtures/in-memory.js';

/** What ran, in its order, of the last call. */
let ran: string[] = [];
let release: (() => void)[] = [];

@Injectable()
class Members implements Guard {
  allows({ context }: HandlerCall): boolean {
    ran.push('guard');
    return context.metadata['member'] !== 'no';
  }
}

@Injectable()
class Noting implements Interceptor {
  async intercept(_call: HandlerCall, next: () => unknown): Promise<unknown> {
    ran.push('before');
    try {
      return await next();
    } finally {
      ran.push('after');
    }
  }
}

class MissingRow extends Error {}

@Injectable()
class Rows implements ErrorMapper {
  map(error: unknown): SkerryError | undefined {
    if (!(error instanceof MissingRow)) return undefined;
    return new SkerryError('ROW_MISSING', 'there is no such row', { status: 'NOT_FOUND', details: { row: 7 } });
  }
}

class Request {
  @IsInt()
  row!: number;

  @IsOptional()
  @IsString()
  how?: string;
}

@Service('rows', { guards: [Members], interceptors: [Noting], errorMappers: [Rows] })
class RowService {
  @Handler()
  async read({ row, how }: Request, context: Context): Promise<unknown> {
    ran.push('handler');
    if (how === 'missing') throw new MissingRow('select * from secrets');
    if (how === 'unmeant') throw new TypeError('the password is 1234');
    if (how === 'wait') await new Promise((_resolve, reject) => context.onCancel(reject));
    return { row, tenant: context.metadata['tenant'] };
  }

  @Handler({ concurrency: 1, queue: 0 })
  async alone(): Promise<string> {
    await new Promise<void>((resolve) => release.push(resolve));
    return 'done';
  }

  @HealthCheck()
  isWell(): boolean {
    return true;
  }
}

@Module({ providers: [RowService, Members, Noting, Rows] })
class RowModule {}

@Module()
class CallerModule {}

interface Outcome {
  readonly reply?: unknown;
  readonly code?: string;
  readonly status?: string;
  readonly retryable?: boolean;
  readonly fields?: unknown;
  readonly text: string;
}

interface Sent {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

type Call = (handler: string, message: unknown, sent?: Sent) => Promise<Outcome>;

describe('whatever the protocol', () => {
  let world: World;
  let app: Application;
  let calls: Record<string, Call>;

  const tcp = (): { overrides: Map<unknown, never> } => ({
    overrides: new Map([
      [
        tokenKey(TRANSPORT_DRIVERS),
        { provide: TRANSPORT_DRIVERS, useValue: new TcpTransport(new SystemClock()) } as never,
      ],
    ]),
  });

  beforeAll(async () => {
    world = new World();
    app = await world.start(RowModule, { listen: 'tcp://127.0.0.1:0', http: { health: true }, ...(tcp() as object) });
    const caller = await world.start(CallerModule, { ...(tcp() as object) });
    const client = caller.client<Record<string, (message: unknown, options?: Sent) => Promise<unknown>>>(
      'rows',
    ) as unknown as Record<string, (message: unknown, options?: object) => Promise<unknown>>;
    const url = app.address!.replace('tcp:', 'http:');
    const headers = ({ metadata = {}, timeoutMs }: Sent): Record<string, string> => ({
      'content-type': 'application/json',
      ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-meta-${key}`, value])),
      ...(timeoutMs === undefined ? {} : { 'x-timeout-ms': String(timeoutMs) }),
    });
    calls = {
      native: async (handler, message, sent = {}) => {
        try {
          const reply = await client[handler]!(message, { retries: 0, ...sent });
          return { reply, text: JSON.stringify(reply) };
        } catch (error) {
          const { code, status, retryable, details } = error as SkerryError;
          return { code, status, retryable, fields: details['fields'], text: JSON.stringify(error) };
        }
      },
      HTTP: async (handler, message, sent = {}) => {
        const response = await fetch(`${url}/rows/${handler}`, {
          method: 'POST',
          body: JSON.stringify(message),
          headers: headers(sent),
        });
        const text = await response.text();
        const body = JSON.parse(text) as Record<string, never>;
        if (response.ok) return { reply: body, text };
        const { code, statusName, retryable, fields } = body;
        return { code: code!, status: statusName!, retryable: retryable!, fields, text };
      },
      'JSON-RPC': async (handler, message, sent = {}) => {
        const body = { jsonrpc: '2.0', id: 1, method: `rows.${handler}`, ...(message ? { params: message } : {}) };
        const response = await fetch(`${url}/rpc`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: headers(sent),
        });
        const text = await response.text();
        const { result, error } = JSON.parse(text) as { result?: unknown; error?: { data: Outcome } };
        return error ? { ...error.data, text } : { reply: result, text };
      },
    };
  });

  afterAll(() => world.stop());

  beforeEach(() => {
    ran = [];
    release = [];
  });

  describe.each(['native', 'HTTP', 'JSON-RPC'])('%s', (protocol) => {
    const call: Call = (...args) => calls[protocol]!(...args);

    test('a call goes through guard, interceptor and handler, with its metadata', async () => {
      const { reply } = await call('read', { row: 1 }, { metadata: { tenant: 'acme' } });
      expect(reply).toEqual({ row: 1, tenant: 'acme' });
      expect(ran).toEqual(['guard', 'before', 'handler', 'after']);
    });

    test('a guard keeps it out', async () => {
      expect(await call('read', { row: 1 }, { metadata: { member: 'no' } })).toMatchObject({
        ...{ code: 'SKERRY_RPC_DENIED', status: 'PERMISSION_DENIED', retryable: false },
      });
      expect(ran).toEqual(['guard']);
    });

    test('a message that is wrong comes to nobody', async () => {
      expect(await call('read', { row: 'x', how: 1 })).toMatchObject({
        ...{ code: 'SKERRY_VALIDATION_FAILED', status: 'INVALID_ARGUMENT', retryable: false },
        fields: [{ path: 'row' }, { path: 'how' }],
      });
      expect(ran).toEqual([]);
    });

    test('an error is mapped, and one that was not meant to be seen is not', async () => {
      const mapped = await call('read', { row: 1, how: 'missing' });
      expect(mapped).toMatchObject({ code: 'ROW_MISSING', status: 'NOT_FOUND' });
      expect(mapped.text).not.toContain('secrets');
      const unmeant = await call('read', { row: 1, how: 'unmeant' });
      expect(unmeant).toMatchObject({ code: 'SKERRY_RPC_INTERNAL', status: 'INTERNAL', retryable: false });
      expect(unmeant.text).not.toContain('1234');
    });

    test('a limit refuses what is too much', async () => {
      const first = call('alone', undefined);
      await eventually(() => expect(release).toHaveLength(1));
      expect(await call('alone', undefined)).toMatchObject({
        ...{ code: 'SKERRY_RPC_OVERLOADED', status: 'RESOURCE_EXHAUSTED', retryable: true },
      });
      release[0]!();
      expect((await first).reply).toBe('done');
    });

    test('a deadline ends it', async () => {
      expect(await call('read', { row: 1, how: 'wait' }, { timeoutMs: 50 })).toMatchObject({
        ...{ code: 'SKERRY_RPC_DEADLINE_EXCEEDED', status: 'DEADLINE_EXCEEDED' },
      });
      await eventually(() => expect(ran).toEqual(['guard', 'before', 'handler', 'after']));
    });
  });

  test('the registry says where HTTP is spoken, and probes are answered', async () => {
    const url = app.address!.replace('tcp:', 'http:');
    const nodes = JSON.stringify(await Promise.resolve(world.events.filter(({ type }) => type === 'advertising')));
    expect(nodes).toContain(app.address!);
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', checks: [expect.objectContaining({ state: 'healthy' })] },
    ]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });
});
