import type { CallOptions, SkerryError } from '@skerry/core';
import { exitCodes } from '../exit-codes.js';
import { loadPlan } from '../load/load-options.js';
import type { MessageLines } from '../messages/message-input.js';
import { MessageSource } from '../messages/message-source.js';
import { callLine } from '../schema/call-line.js';
import { reportError } from '../terminal/error-report.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import type { CallRequest } from './call-request.js';
import { handlerCalls, takesMany, type HandlerCalls } from './handler-calls.js';
import { loadCalls } from './load-calls.js';
import { printReplies } from './print-replies.js';
import { parseTarget } from './target.js';

/** Calls a handler as any other service would: found in the registry, with all that a client does. */
export async function callHandler(request: CallRequest, terminal: Terminal): Promise<number> {
  const { command } = request;
  const target = parseTarget(request.target, command);
  const { signal } = terminal;
  try {
    // Before anything is looked for: a slip of the hand is told at once.
    const source = MessageSource.of(request.message, request.from, command);
    const plan = loadPlan(request, command);
    const { withFleet } = await import('../fleet/fleet.js');
    const { findNodes } = await import('../registry/find-nodes.js');
    return await withFleet(request, terminal, async (fleet) => {
      const what = `call ${target.service}.${target.handler}`;
      const nodes = await findNodes(fleet, target.service, what, { waitMs: request.wait, signal });
      const calls = handlerCalls(fleet, nodes, target, command);
      if (takesMany(calls.endpoint?.kind) && source.empty) throw nothingToSend(calls, command);
      if (plan) return loadCalls(calls, await source.all(terminal), plan, { request, fleet, terminal });
      return takesMany(calls.endpoint?.kind)
        ? callWithStream(calls, source, request, terminal)
        : callForEach(calls, await source.all(terminal), request, terminal);
    });
  } catch (error) {
    if (signal.aborted) return interruptedBy(signal);
    throw error;
  }
}

/** One call, which is sent the messages as they come. */
async function callWithStream(
  calls: HandlerCalls,
  source: MessageSource,
  request: CallRequest,
  terminal: Terminal,
): Promise<number> {
  const input = await source.lines(terminal);
  const options = source.endless && request.timeout === undefined ? { idleTimeoutMs: endlessMs } : patience(request);
  return callOnce(calls, input, options, request, terminal);
}

/** One call after the other, until one fails; also where there is no message, and none is needed. */
async function callForEach(
  calls: HandlerCalls,
  messages: readonly unknown[],
  request: CallRequest,
  terminal: Terminal,
): Promise<number> {
  for (const message of messages.length === 0 ? [undefined] : messages) {
    const exitCode = await callOnce(calls, message, patience(request), request, terminal);
    if (exitCode !== exitCodes.ok) return exitCode;
  }
  return exitCodes.ok;
}

async function callOnce(
  { method, endpoint, service }: HandlerCalls,
  message: unknown,
  options: CallOptions,
  request: CallRequest,
  terminal: Terminal,
): Promise<number> {
  const { signal } = terminal;
  try {
    await printReplies(method(message, { ...options, signal }), endpoint?.kind, request, terminal);
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted) throw error;
    const failure = (message as MessageLines | undefined)?.failure;
    if (failure instanceof UsageError) throw failure;
    const refused = (error as Partial<SkerryError>).code === 'SKERRY_VALIDATION_FAILED';
    const hints = refused && endpoint ? [['try', callLine(service, endpoint)] as const] : [];
    return await reportError(error, terminal, { json: request.json === true, hints });
  }
}

function nothingToSend({ service, handler, endpoint }: HandlerCalls, command: string): UsageError {
  return new UsageError(
    `${command}: ${service}.${handler} takes a stream of messages, and was given none.`,
    `write one message for each line of standard input: ${callLine(service, endpoint!)}`,
  );
}

// The longest that a call takes: whoever writes the input decides when it ends. Peers that die are noticed all the same.
const endlessMs = 2 ** 31 - 1;

function patience({ timeout = 5_000 }: CallRequest): CallOptions {
  return { timeoutMs: timeout };
}
