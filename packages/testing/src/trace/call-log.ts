import { Context, type CallObserver } from '@skerry/core';
import type { TestNetwork } from '../test-network.js';

/** A call, a delivery, or a call of a double, while it is still known. */
export interface LoggedCall {
  readonly call: string;
  readonly from: string;
  readonly topic?: string;
  readonly attempt: number;
  readonly double: boolean;
  readonly traceId: string;
  readonly parentSpanId: string | undefined;
  /** Asked for when a trace is looked at: most calls cause none, and then there is no such thing. */
  readonly spanId: () => string | undefined;
  outcome: string;
}

// An hour of virtual time on forty nodes makes millions of calls; a test looks at the last few.
const mostCalls = 20_000;

/** The calls of all applications of one network, in the order in which they began. */
export class CallLog {
  private calls: LoggedCall[] = [];
  private traces = new Set<string>();
  /** Of the trace that began last. */
  lastTraceId: string | undefined;

  /** The last of them. */
  get all(): readonly LoggedCall[] {
    return this.calls;
  }

  readonly observe: CallObserver = ({ service, handler, topic, context }) =>
    this.add({
      call: `${service}.${handler}`,
      from: context.caller?.service ?? '',
      ...(topic === undefined ? {} : { topic }),
      attempt: context.attempt,
      double: false,
      traceId: context.traceId,
      parentSpanId: context.parentSpanId,
      spanId: () => context.spanId,
      outcome: 'running',
    });

  /** A call that a double answers. One outside of any context belongs to no trace. */
  readonly observeDouble = (service: string, handler: string): ((failedBy?: string) => void) => {
    const context = Context.current();
    if (!context) return () => undefined;
    return this.add({
      call: `${service}.${handler}`,
      from: context.operation.split('.')[0] ?? '',
      attempt: 1,
      double: true,
      traceId: context.traceId,
      parentSpanId: context.spanId,
      spanId: () => undefined,
      outcome: 'running',
    });
  };

  private add(call: LoggedCall): (failedBy?: string) => void {
    if (!this.traces.has(call.traceId)) this.lastTraceId = call.traceId;
    this.traces.add(call.traceId);
    this.calls.push(call);
    if (this.calls.length > mostCalls) {
      this.calls = this.calls.slice(-mostCalls / 2);
      this.traces = new Set(this.calls.map(({ traceId }) => traceId));
    }
    return (failedBy) => void (call.outcome = failedBy ?? 'ok');
  }
}

const logs = new WeakMap<TestNetwork, CallLog>();

export function callLogOf(network: TestNetwork): CallLog {
  let log = logs.get(network);
  if (!log) logs.set(network, (log = new CallLog()));
  return log;
}
