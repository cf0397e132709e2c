import type { TracedCall } from './trace.js';

/**
 * A trace for people, one line for each call:
 *
 *     shop.order ok
 *     ├─ payments.charge SKERRY_RPC_OVERLOADED
 *     ├─ payments.charge ok, attempt 2
 *     └─ orders.placed → mail.confirm ok
 */
export function drawTrace(calls: readonly TracedCall[]): string {
  return calls.flatMap((each) => [line(each), ...below(each, '')]).join('\n');
}

function below({ calls }: TracedCall, indent: string): string[] {
  return calls.flatMap((each, index) => {
    const last = index === calls.length - 1;
    return [`${indent}${last ? '└─' : '├─'} ${line(each)}`, ...below(each, `${indent}${last ? '   ' : '│  '}`)];
  });
}

function line({ call, topic, attempt, outcome, double }: TracedCall): string {
  const event = topic === undefined ? '' : `${topic} → `;
  return `${event}${call} ${outcome}${attempt > 1 ? `, attempt ${attempt}` : ''}${double ? ', a double' : ''}`;
}
