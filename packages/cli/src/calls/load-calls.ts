import type { Fleet } from '../fleet/fleet.js';
import type { LoadPlan } from '../load/load-options.js';
import { loadTest } from '../load/load-test.js';
import type { Work } from '../load/load-run.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CallRequest } from './call-request.js';
import { answersMany, takesMany, type HandlerCalls } from './handler-calls.js';

/**
 * Calls a handler many times and prints how that went. Messages are taken in turn; a handler that takes a stream is sent all of them
 * by each call. A call is over when all of its answers have come.
 */
export function loadCalls(
  { service, handler, method, endpoint }: HandlerCalls,
  messages: readonly unknown[],
  plan: LoadPlan,
  { request, fleet, terminal }: { request: CallRequest; fleet: Fleet; terminal: Terminal },
): Promise<number> {
  const { timeout = 5_000, json = false } = request;
  const many = takesMany(endpoint?.kind);
  const work: Work = async (index, signal) => {
    const message = many ? messages : messages[index % messages.length];
    const replies = method(message, { timeoutMs: timeout, signal });
    if (!answersMany(endpoint?.kind)) return replies;
    for await (const _item of replies);
  };
  const subject = { name: `${service}.${handler}`, unit: 'calls' };
  return loadTest(subject, plan, work, { terminal, clock: fleet.clock, json });
}
