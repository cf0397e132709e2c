import { SkerryError } from '../errors/skerry-error.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { Registry } from '../registry/registry.js';
import { inboxService } from './inbox-protocol.js';
import { NodeCall, type CallGround, type Question } from './node-call.js';

/** What was asked of all publishers. */
export interface Asked<A> {
  readonly answers: readonly A[];
  /** Those that gave none: they are gone, or cannot be reached. */
  readonly silent: readonly { readonly node: string; readonly error: SkerryError }[];
}

/** All applications that may publish, as the registry has them now: each that takes part in the inbox. */
export class Publishers {
  constructor(
    private readonly registry: Registry,
    private readonly ground: CallGround,
  ) {}

  /** Rejects when the registry cannot be asked, and with the signal's reason. @param among Which of them. */
  async ask<A>(question: Question<A>, among: (node: NodeRecord) => boolean, signal: AbortSignal): Promise<Asked<A>> {
    const nodes = (await this.registry.lookup(inboxService, signal)).filter(among);
    const answers: A[] = [];
    const silent: { node: string; error: SkerryError }[] = [];
    await Promise.all(
      nodes.map(async (node) => {
        const call = new NodeCall(node, question, this.ground);
        const giveUp = (): void => call.giveUp(SkerryError.from(signal.reason));
        signal.addEventListener('abort', giveUp, { once: true });
        const end = await call.ended;
        signal.removeEventListener('abort', giveUp);
        if ('answer' in end) answers.push(end.answer);
        else silent.push({ node: node.id, error: end.error });
      }),
    );
    signal.throwIfAborted();
    return { answers, silent };
  }
}
