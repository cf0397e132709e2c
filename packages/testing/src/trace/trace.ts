import { Context, SkerryError, type Clock } from '@skerry/core';
import { eventually } from '../eventually.js';
import type { CallLog, LoggedCall } from './call-log.js';
import { drawTrace } from './draw-trace.js';

/** One call or delivery of a trace, with what it caused. Plain data, for any assertion library. */
export interface TracedCall {
  /** `service.handler`. */
  readonly call: string;
  /** Who called, or published: a service, or the application where it has several. */
  readonly from: string;
  /** Of a subscription: what the message was published to. */
  readonly topic?: string;
  /** From 1: calls that were sent again, and deliveries that came again, are calls of their own. */
  readonly attempt: number;
  /** `ok`, `running`, or the code of the error. */
  readonly outcome: string;
  /** A double answered. */
  readonly double?: true;
  /** What it caused, in the order in which that began. */
  readonly calls: readonly TracedCall[];
}

/** What a call of a trace shall be; what is left out may be anything. */
export type ExpectedCall = Partial<Omit<TracedCall, 'calls'>>;

export interface TraceOptions {
  /** How long it may take to become so, in ms of the network's clock; a `ManualClock` is advanced meanwhile. Default 5,000. */
  readonly withinMs?: number;
}

/**
 * All that one request causes on a network, through calls and events, as far as it has come: it is read anew each time.
 * `String(trace)` draws it.
 */
export class Trace {
  /** @param id 32 hexadecimal digits. Default: that of the last trace that began. */
  constructor(
    private readonly log: CallLog,
    private readonly clock: Clock,
    private readonly given?: string,
  ) {}

  get id(): string | undefined {
    return this.given ?? this.log.lastTraceId;
  }

  /** The calls that began it, each with all that it caused. */
  get calls(): readonly TracedCall[] {
    const { id } = this;
    const own = this.log.all.filter(({ traceId }) => traceId === id);
    const spans = new Map(own.map((each) => [each.spanId(), each]));
    const below = (parent: LoggedCall | undefined): TracedCall[] =>
      own
        .filter(({ parentSpanId }) => (parentSpanId === undefined ? undefined : spans.get(parentSpanId)) === parent)
        .map((each) => traced(each, below(each)));
    return below(undefined);
  }

  /** Runs the work of a test as the beginning of this trace: the calls that it makes are its first. Only for one with an id. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    const context = new Context(this.clock, { deadline: Infinity, traceId: this.id!, operation: 'test' });
    try {
      return await context.run(work);
    } finally {
      context.finish();
    }
  }

  /**
   * Waits until the drawing of the trace is this one, however far it is indented. Rejects with `SKERRY_TEST_TIMEOUT`, and
   * shows what it is instead.
   */
  async toBe(drawing: string, options: TraceOptions = {}): Promise<void> {
    const wanted = withoutIndent(drawing);
    await this.wait(() => String(this) === wanted, `is not\n\n${wanted}`, options);
  }

  /** Waits until the trace has such a call, and gives it. Rejects with `SKERRY_TEST_TIMEOUT`, and draws the trace. */
  async toHave(expected: ExpectedCall, options: TraceOptions = {}): Promise<TracedCall> {
    const find = (calls: readonly TracedCall[]): TracedCall | undefined => {
      for (const each of calls) {
        const found = fits(each, expected) ? each : find(each.calls);
        if (found) return found;
      }
      return undefined;
    };
    await this.wait(() => find(this.calls) !== undefined, `has no call like ${JSON.stringify(expected)}`, options);
    return find(this.calls)!;
  }

  toString(): string {
    return drawTrace(this.calls);
  }

  private async wait(check: () => boolean, complaint: string, { withinMs = 5_000 }: TraceOptions): Promise<void> {
    await eventually(check, { clock: this.clock, withinMs }).catch((cause: unknown) => {
      if (!SkerryError.is(cause) || cause.code !== 'SKERRY_TEST_TIMEOUT') throw cause;
      const is = String(this) || 'nothing: no call has begun';
      throw new SkerryError('SKERRY_TEST_TIMEOUT', `after ${withinMs} ms the trace ${complaint}\n\nIt is\n\n${is}\n`);
    });
  }
}

function traced({ call, from, topic, attempt, outcome, double }: LoggedCall, calls: readonly TracedCall[]): TracedCall {
  return {
    ...{ call, from },
    ...(topic === undefined ? {} : { topic }),
    ...{ attempt, outcome },
    ...(double ? { double } : {}),
    calls,
  };
}

function fits(call: TracedCall, expected: ExpectedCall): boolean {
  return Object.entries(expected).every(([key, value]) => call[key as keyof ExpectedCall] === value);
}

function withoutIndent(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent).trimEnd()).join('\n');
}
