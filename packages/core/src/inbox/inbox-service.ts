import { Inject } from '../container/injectable.js';
import { Context } from '../context/context.js';
import { Handler } from '../service/handler.js';
import { OwnService } from '../service/service.js';
import {
  inboxService,
  readLearn,
  readRequest,
  readWaiting,
  type Answer,
  type DeliverRequest,
  type LearnRequest,
  type WaitingAnswer,
  type WaitingRequest,
} from './inbox-protocol.js';
import { Inlet } from './inlet.js';

/** What an application does as a publisher, for those who subscribe elsewhere. */
export interface OutgoingSide {
  /** Resolves when what is published from now on reaches the node. */
  learn(on: string, id: string, signal: AbortSignal): Promise<void>;
  /** What waits here in the line of that name. */
  waiting(line: string, signal: AbortSignal): Promise<WaitingAnswer>;
}

/** The subscriptions of one application, by the ids of their nodes. */
export class Inlets {
  /** Absent until there is an inbox. */
  outgoing: OutgoingSide | undefined;
  private readonly byId = new Map<string, Inlet>();

  add(inlet: Inlet): void {
    this.byId.set(inlet.id, inlet);
  }

  remove({ id }: Inlet): void {
    this.byId.delete(id);
  }

  find(id: string): Inlet | undefined {
    return this.byId.get(id);
  }
}

/**
 * What publishers call: an ordinary service, served by the application's own server. So deliveries have its port, its
 * connections, their signs of life and its drain, and need none of their own.
 */
@OwnService(inboxService)
export class Inbox {
  constructor(@Inject(Inlets) private readonly inlets: Inlets) {}

  /** Answers when the subscriber has settled the message. */
  @Handler({ request: Object })
  async deliver(request: DeliverRequest, context: Context): Promise<Answer> {
    const { to, attempt, message } = readRequest(request);
    const inlet = this.inlets.find(to);
    return inlet ? inlet.take(message, attempt, context) : { outcome: 'gone' };
  }

  /** Answers when this publisher knows the subscription. */
  @Handler({ request: Object, idempotent: true })
  async learn(request: LearnRequest, context: Context): Promise<object> {
    const { on, id } = readLearn(request);
    await this.inlets.outgoing?.learn(on, id, context.signal);
    return {};
  }

  @Handler({ request: Object, idempotent: true })
  async waiting(request: WaitingRequest, context: Context): Promise<WaitingAnswer> {
    const { line } = readWaiting(request);
    const { outgoing } = this.inlets;
    return outgoing ? outgoing.waiting(line, context.signal) : { store: '', entries: 0, flying: 0 };
  }
}
