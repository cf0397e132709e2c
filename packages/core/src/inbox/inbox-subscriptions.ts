import type { DeliverySink, DriverSubscription, SubscriptionRequest } from '../broker/driver.js';
import { abortable } from '../registry/abortable.js';
import type { NodeRecord } from '../registry/node-record.js';
import type { Registry } from '../registry/registry.js';
import { describeInboxNode, inboxNode, type InboxNode } from './inbox-node.js';
import type { InboxEvents } from './inbox-events.js';
import { inboxService, learnEndpoint, readWaitingAnswer, waitingEndpoint } from './inbox-protocol.js';
import type { Inlets } from './inbox-service.js';
import { Inlet } from './inlet.js';
import type { KnownQueues } from './known-queues.js';
import { lineName } from './outbox-keys.js';
import type { Publishers } from './publishers.js';

export interface SubscriptionsGround {
  readonly registry: Registry;
  readonly inlets: Inlets;
  readonly known: KnownQueues;
  readonly publishers: Publishers;
  readonly events: InboxEvents;
  /** This start of the application. */
  readonly instance: string;
  /** Throws for a delay that is too long. */
  readonly checkDelay: (delayMs: number) => void;
  /** A node of this process takes deliveries from now on. */
  readonly came: (node: InboxNode) => void;
}

// Registries tell of a change sooner, those that live. Within the 5 s that a subscription may take to begin.
const learnWithinMs = 2_000;
const countWithinMs = 2_000;

/** The subscriptions of this process: each an inlet, and a node in the registry under the address of its application. */
export class InboxSubscriptions {
  private readonly closes = new Set<() => Promise<void>>();
  private count = 0;

  constructor(private readonly ground: SubscriptionsGround) {}

  /** Resolves when whoever publishes knows it. */
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
      await this.announce(node, host, signal);
    } catch (error) {
      await close();
      throw error;
    }
    known.add(node);
    came(node);
    return { pause, close, waiting: (asked) => this.waiting(node, asked) };
  }

  async close(): Promise<void> {
    await Promise.all([...this.closes].map((close) => close()));
  }

  /**
   * Waits until every publisher knows the node: their watches tell them a little later than the registry tells who asks. Who
   * publishes for the first time after this asks the registry.
   */
  private async announce({ on, id, queue }: InboxNode, host: NodeRecord, signal: AbortSignal): Promise<void> {
    const { publishers, events } = this.ground;
    const read = (): true => true;
    const question = { endpoint: learnEndpoint, request: { on, id }, read, timeoutMs: learnWithinMs };
    const { silent } = await publishers.ask(question, (each) => each.id !== host.id, signal);
    // One that is dead publishes nothing; one that cannot be reached could not deliver either.
    for (const { node, error } of silent) events({ type: 'inbox-unheard', queue, node, error });
  }

  /** Rejects when one of the publishers does not answer: a part of the number is none. */
  private async waiting(node: InboxNode, signal: AbortSignal): Promise<number> {
    const question = {
      endpoint: waitingEndpoint,
      request: { line: lineName(node) },
      read: readWaitingAnswer,
      timeoutMs: countWithinMs,
    };
    const { answers, silent } = await this.ground.publishers.ask(question, () => true, signal);
    if (silent[0]) throw silent[0].error;
    const stores = new Map(answers.map(({ store, entries }) => [store, entries]));
    const entries = [...stores.values()].reduce((sum, each) => sum + each, 0);
    return Math.max(
      0,
      answers.reduce((left, { flying }) => left - flying, entries),
    );
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
