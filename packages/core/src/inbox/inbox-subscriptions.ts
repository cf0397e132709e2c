import type { DeliverySink, DriverSubscription, SubscriptionRequest } from '../broker/driver.js';
import { abortable } from '../registry/abortable.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { Registry } from '../registry/registry.js';
import { describeInboxNode, inboxNode, type InboxNode } from './inbox-node.js';
import { inboxService } from './inbox-protocol.js';
import type { Inlets } from './inbox-service.js';
import { Inlet } from './inlet.js';
import type { KnownQueues } from './known-queues.js';

export interface SubscriptionsGround {
  readonly registry: Registry;
  readonly inlets: Inlets;
  readonly known: KnownQueues;
  /** This start of the application. */
  readonly instance: string;
  /** Throws for a delay that is too long. */
  readonly checkDelay: (delayMs: number) => void;
  /** A node of this process takes deliveries from now on. */
  readonly came: (node: InboxNode) => void;
}

/** The subscriptions of this process: each an inlet, and a node in the registry under the address of its application. */
export class InboxSubscriptions {
  private readonly closes = new Set<() => Promise<void>>();
  private count = 0;

  constructor(private readonly ground: SubscriptionsGround) {}

  /** Resolves when whoever looks it up finds it. */
  async begin(request: SubscriptionRequest, sink: DeliverySink, signal: AbortSignal): Promise<DriverSubscription> {
    const { registry, inlets, known, checkDelay, came } = this.ground;
    const host = await this.host(signal);
    const description = describeInboxNode(`${host.id}-${++this.count}`, request, host);
    const node = inboxNode(description)!;
    const inlet = new Inlet(node.id, request, sink, checkDelay);
    if (!node.broadcast) await known.remember(node, signal);
    inlets.add(inlet);
    const registration = registry.register(description);
    const pause = async (): Promise<void> => {
      inlet.paused = true;
      known.remove(node);
      // Those who have not heard of it are told when they come; and the record ends with its time to live.
      await registration.deregister().catch(() => undefined);
    };
    const close = async (): Promise<void> => {
      this.closes.delete(close);
      inlet.close();
      inlets.remove(inlet);
      await pause();
    };
    this.closes.add(close);
    try {
      await abortable(registration.ready, signal);
    } catch (error) {
      await close();
      throw error;
    }
    known.add(node);
    came(node);
    return { pause, close };
  }

  async close(): Promise<void> {
    await Promise.all([...this.closes].map((close) => close()));
  }

  /** The application's own inbox: where its subscriptions are reached. */
  private async host(signal: AbortSignal): Promise<NodeRecord> {
    const { registry, instance } = this.ground;
    const id = `${inboxService}-${instance}`;
    const own = (nodes: readonly NodeRecord[]): NodeRecord | undefined => nodes.find((each) => each.id === id);
    const found = own(await registry.lookup(inboxService, signal));
    return found ?? own(await registry.service(inboxService).wait((nodes) => own(nodes) !== undefined, signal))!;
  }
}
