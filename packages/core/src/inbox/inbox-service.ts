import { Inject } from '../container/injectable.js';
import { Context } from '../context/context.js';
import { Handler } from '../service/handler.js';
import { Service } from '../service/service.js';
import { inboxService, readRequest, type Answer, type DeliverRequest } from './inbox-protocol.js';
import { Inlet } from './inlet.js';

/** The subscriptions of one application, by the ids of their nodes. */
export class Inlets {
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
@Service(inboxService)
export class Inbox {
  constructor(@Inject(Inlets) private readonly inlets: Inlets) {}

  /** Answers when the subscriber has settled the message. */
  @Handler({ request: Object })
  async deliver(request: DeliverRequest, context: Context): Promise<Answer> {
    const { to, attempt, message } = readRequest(request);
    const inlet = this.inlets.find(to);
    return inlet ? inlet.take(message, attempt, context) : { outcome: 'gone' };
  }
}
