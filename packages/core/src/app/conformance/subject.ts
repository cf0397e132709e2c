import { Injectable } from '../../container/injectable.js';
import { Context } from '../../context/context.js';
import { SkerryError } from '../../errors/skerry-error.js';
import { Module, type ModuleClass } from '../../module/module.js';
import { Handler } from '../../service/handler.js';
import { ErrorMapper, Guard, Interceptor, type HandlerCall } from '../../service/pipeline.js';
import { Service } from '../../service/service.js';
import { Count, Line, Name, Order, Text, Told, Values } from './messages.js';

export const secret = 'the password is hunter2';

/** What became of the calls, as the side that served them saw it. */
export class Seen {
  /** Interceptors and handlers, in the order in which they ran. */
  readonly ran: string[] = [];
  /** Codes that the signals of calls were aborted with. */
  readonly aborted: string[] = [];
  waiting = 0;
  produced = 0;
  consumed = 0;
  /** Generators that have run their `finally`. */
  finished = 0;
  private open: (() => void) | undefined;
  private readonly opened = new Promise<void>((resolve) => (this.open = resolve));

  /** Lets go on what waits at the gate. */
  release(): void {
    this.open!();
  }

  gate(): Promise<void> {
    return this.opened;
  }
}

export interface Subject {
  readonly root: ModuleClass;
  readonly seen: Seen;
}

/** Services that show every behaviour of the pipeline: `subject`, and `scoped`. Each has its own state. */
export function makeSubject(): Subject {
  const seen = new Seen();
  let instances = 0;

  @Injectable()
  class Around implements Interceptor {
    async intercept({ handler }: HandlerCall, next: () => unknown): Promise<unknown> {
      seen.ran.push(`before ${handler}`);
      try {
        return await next();
      } finally {
        seen.ran.push(`after ${handler}`);
      }
    }
  }

  @Injectable()
  class Louder implements Interceptor {
    async intercept(_call: HandlerCall, next: () => unknown): Promise<unknown> {
      const { text } = (await next()) as Text;
      return { text: `${text}!` };
    }
  }

  @Injectable()
  class AdminsOnly implements Guard {
    allows({ context }: HandlerCall): boolean {
      return context.metadata['role'] === 'admin';
    }
  }

  @Injectable()
  class Rows implements ErrorMapper {
    map(error: unknown): SkerryError | undefined {
      return error instanceof RangeError
        ? new SkerryError('ROW_MISSING', 'there is no such row', { status: 'NOT_FOUND', details: { table: 'rows' } })
        : undefined;
    }
  }

  @Service('subject', { version: '1.2.3' })
  class Served {
    @Handler({ reply: Text, interceptors: [Around, Louder] })
    async hello({ name }: Name): Promise<Text> {
      seen.ran.push('hello');
      return { text: `Hello ${name}` };
    }

    @Handler({ reply: Count })
    async place({ lines }: Order): Promise<Count> {
      return { count: lines.length };
    }

    @Handler({ reply: Text, guards: [AdminsOnly] })
    async guarded(): Promise<Text> {
      seen.ran.push('guarded');
      return { text: 'admitted' };
    }

    @Handler({ reply: Text, errorMappers: [Rows] })
    async mapped(): Promise<Text> {
      throw new RangeError(secret);
    }

    @Handler({ reply: Text })
    async meant({ name }: Name): Promise<Text> {
      throw new SkerryError('OUT_OF_STOCK', `${name} is out of stock`, {
        status: 'FAILED_PRECONDITION',
        details: { sku: name, left: 0, of: ['a', { deep: true }] },
        retryable: false,
      });
    }

    @Handler({ reply: Text })
    async unmeant(): Promise<Text> {
      throw new TypeError(secret);
    }

    @Handler({ reply: Values })
    async values(request: Values): Promise<Values> {
      if (!(request.at instanceof Date && typeof request.big === 'bigint' && request.data instanceof Uint8Array)) {
        throw new SkerryError('NO_VALUES', 'the fields are not what their class says', { status: 'INVALID_ARGUMENT' });
      }
      return { at: new Date(request.at.getTime() + 1), big: request.big + 1n, data: request.data.subarray(1) };
    }

    @Handler({ reply: Told })
    async told(context: Context): Promise<Told> {
      const { traceId, parentSpanId = '', metadata, idempotencyKey = '', remainingMs, peer } = context;
      const { spiffeId = '' } = peer?.identity ?? {};
      return { traceId, parentSpanId, tenant: metadata['tenant'] ?? '', idempotencyKey, remainingMs, spiffeId };
    }

    @Handler({ reply: Count })
    async size({ text }: Text): Promise<Count> {
      seen.ran.push('size');
      return { count: text.length };
    }

    @Handler({ reply: Text })
    async large({ count }: Count): Promise<Text> {
      return { text: 'x'.repeat(count) };
    }

    /** Until its caller has gone. */
    @Handler({ reply: Text })
    async waits(context: Context): Promise<Text> {
      seen.waiting++;
      return new Promise<Text>((_resolve, reject) => {
        context.onCancel((reason) => {
          seen.aborted.push(reason.code);
          reject(reason);
        });
      });
    }

    @Handler({ reply: Text })
    async gated(): Promise<Text> {
      seen.waiting++;
      await seen.gate();
      return { text: 'finished' };
    }

    @Handler({ reply: Text, concurrency: 1, queue: 0 })
    async one(): Promise<Text> {
      return this.gated();
    }

    @Handler({ reply: Count })
    async *counting({ count, padding }: Count): AsyncGenerator<Count> {
      try {
        for (let value = 1; value <= count; value++) {
          seen.produced = value;
          yield { count: value, ...(padding ? { padding } : {}) };
        }
      } finally {
        seen.finished++;
      }
    }

    @Handler({ reply: Count })
    async *breaking({ count }: Count): AsyncGenerator<Count> {
      for (let value = 1; value <= count; value++) yield { count: value };
      throw new SkerryError('OUT_OF_NUMBERS', 'there are no more', {
        status: 'OUT_OF_RANGE',
        details: { after: count },
      });
    }

    @Handler({ kind: 'client-stream', request: Line, reply: Count })
    async sum(lines: AsyncIterable<Line>): Promise<Count> {
      let total = 0;
      for await (const { count } of lines) total += count;
      return { count: total };
    }

    @Handler({ kind: 'client-stream', request: Line, reply: Text })
    async first(lines: AsyncIterable<Line>): Promise<Text> {
      for await (const { sku } of lines) return { text: sku };
      return { text: 'none' };
    }

    @Handler({ kind: 'client-stream', request: Text, reply: Count })
    async gatedSum(texts: AsyncIterable<Text>): Promise<Count> {
      seen.waiting++;
      await seen.gate();
      for await (const _text of texts) seen.consumed++;
      return { count: seen.consumed };
    }

    @Handler({ kind: 'bidirectional', request: Line, reply: Count })
    async *doubles(lines: AsyncIterable<Line>): AsyncGenerator<Count> {
      let total = 0;
      for await (const { count } of lines) {
        total += count;
        yield { count: count * 2 };
      }
      yield { count: total };
    }
  }

  @Injectable({ scope: 'request' })
  class CurrentTenant {
    readonly name = Context.current()!.metadata['tenant'] ?? 'none';
  }

  @Service('scoped', { scope: 'request' })
  class Scoped {
    private readonly instance = ++instances;
    constructor(private readonly tenant: CurrentTenant) {}

    @Handler({ reply: Text })
    async who(): Promise<Text> {
      return { text: `${this.tenant.name} ${this.instance}` };
    }
  }

  @Module({ providers: [Served, Scoped, CurrentTenant, Around, Louder, AdminsOnly, Rows] })
  class Root {}

  return { root: Root, seen };
}
