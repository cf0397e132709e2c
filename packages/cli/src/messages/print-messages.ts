import type { Delivery, Subscription, SubscriptionPlan } from '@skerry/core';
import type { SubscribeRequest } from '../commands/subscribe.js';
import { exitCodes } from '../exit-codes.js';
import { coloursFor } from '../terminal/colours.js';
import { reportError } from '../terminal/error-report.js';
import { interruptedBy, type Terminal } from '../terminal/terminal.js';
import { UsageError } from '../usage-error.js';
import { printMessage, viewOf } from './message-view.js';
import { withBroker, type MessageFleet } from './with-broker.js';

// How long the broker may take to be told of the last message.
const settleMs = 5_000;
// The longest that a timer can wait: 24 days.
const longestMs = 2 ** 31 - 1;

/** Prints the messages of a topic until there were enough of them, or the user has seen enough. Gives the exit code. */
export async function printMessages(request: SubscribeRequest, terminal: Terminal): Promise<number> {
  if (request.ordered && request.queue === undefined) {
    throw new UsageError('skerry subscribe: --ordered says what a queue is like; name it with --queue.');
  }
  const printer = new Printer(request, terminal);
  try {
    return await withBroker(request, terminal, 'skerry subscribe', (fleet) => printer.run(fleet));
  } finally {
    await printer.release();
  }
}

class Printer {
  private left: number;
  private enough!: () => void;
  private untaken!: () => void;
  private letGo!: () => void;
  /** When there were as many messages as were asked for. */
  private readonly done = new Promise<void>((resolve) => (this.enough = resolve));
  /** When a message came after the last one: by then the broker knows of that. */
  private readonly another = new Promise<void>((resolve) => (this.untaken = resolve));
  private readonly held = new Promise<void>((resolve) => (this.letGo = resolve));
  private stopped: Promise<unknown> | undefined;

  constructor(
    private readonly request: SubscribeRequest,
    private readonly terminal: Terminal,
  ) {
    this.left = request.count ?? Infinity;
  }

  async run(fleet: MessageFleet): Promise<number> {
    const { terminal } = this;
    const { signal } = terminal;
    const plan = this.plan(fleet);
    const forget = this.tellFailures(fleet);
    const subscription = fleet.broker.subscription(plan, (delivery) => this.take(delivery, fleet));
    const interrupted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const over = Promise.race([this.done, interrupted]);
    // While the broker is away nothing else keeps the process: what waits to try again does not.
    const staying = fleet.app.get(fleet.core.Clock).setTimer(longestMs, () => undefined);
    try {
      await Promise.race([this.begin(subscription, plan, fleet), over]);
      await over;
    } finally {
      staying.cancel();
      forget();
      this.stopped = subscription.stop(settleMs);
      await Promise.race([this.stopped, this.another]);
    }
    return this.left > 0 && signal.aborted ? interruptedBy(signal) : exitCodes.ok;
  }

  /** To be called when the broker is closed: then what was held has gone back to its queue. */
  async release(): Promise<void> {
    this.letGo();
    await this.stopped;
  }

  private plan({ app, core, broker }: MessageFleet): SubscriptionPlan {
    const { topic, queue, ordered = false } = this.request;
    const pattern = core.isPattern(topic);
    if (!pattern && !core.isTopic(topic)) {
      throw new UsageError(
        `skerry subscribe: '${topic}' is neither a topic nor a pattern.`,
        "write words separated by '.'; '*' stands for one word, '#' at the end for any number: 'orders.#'",
      );
    }
    if (broker.engine === 'inbox') {
      throw new UsageError(
        `skerry subscribe: the ${broker.engine} broker of ${app.name} brings messages to services that listen, and this command does not.`,
        'subscribe in a service of the fleet: @Subscribe(...) on a method of a @Service class',
      );
    }
    const broadcast = queue === undefined;
    const needed = [
      broadcast ? 'broadcast' : 'queues',
      ...(pattern ? ['patterns'] : []),
      ...(ordered ? ['ordered'] : []),
    ];
    for (const capability of needed as ('broadcast' | 'queues' | 'patterns' | 'ordered')[]) {
      if (broker.capabilities[capability]) continue;
      throw new core.SkerryError(
        'SKERRY_BROKER_UNSUPPORTED',
        `Cannot subscribe to ${topic}: the ${broker.engine} broker lacks the capability ${capability}; skerry broker capabilities shows which engine has it.`,
        { details: { engine: broker.engine, capability } },
      );
    }
    return {
      topic,
      queue: broadcast ? `skerry-subscribe-${app.get(core.Clock).randomHex(8)}` : queueName(queue, topic),
      ...{ broadcast, ordered, from: 'now', deadLetter: false },
      ...{ attempts: 1, backoff: undefined, dedupe: undefined, concurrency: 1 },
      // Of a queue, no more than what is being printed: others wait for the rest.
      prefetch: broadcast ? 100 : 1,
    };
  }

  private async begin(subscription: Subscription, plan: SubscriptionPlan, { broker }: MessageFleet): Promise<void> {
    await subscription.start();
    const { stderr, env } = this.terminal;
    const { yellow, dim } = coloursFor(stderr, env);
    const { broadcast, queue, topic } = plan;
    if (!broadcast) {
      const what = `taking a share of the queue ${queue}: what is printed here reaches none of its other subscribers`;
      await stderr.write(`${yellow(what)}\n`);
    } else if (stderr.isTTY) {
      await stderr.write(`${dim(`listening to ${topic} with the ${broker.engine} broker; Ctrl-C ends it`)}\n`);
    }
  }

  /** Must not fail: the broker would take that for the fate of the message. */
  private async take({ message }: Delivery, { app, core }: MessageFleet): Promise<void> {
    const { terminal, request } = this;
    const { stdout, signal } = terminal;
    if (this.left === 0 || signal.aborted) return this.leave();
    this.left--;
    const view = viewOf(message, app.get(core.Codecs));
    await printMessage(view, stdout.isTTY && !request.json, terminal);
    // Whoever read the output has left, and did not read this one.
    if (signal.aborted) return this.leave();
    if (this.left === 0) this.enough();
  }

  /** Not to be taken from a queue: neither acknowledged nor failed, until the broker is closed. */
  private async leave(): Promise<void> {
    if (this.request.queue === undefined) return;
    this.untaken();
    await this.held;
  }

  private tellFailures({ app }: MessageFleet): () => void {
    const { terminal } = this;
    return app.events.on((event) => {
      if (event.type !== 'subscription-failing') return;
      const hints = [['then', 'it is tried again until it works; Ctrl-C gives up']] as const;
      void reportError(event.error, terminal, { json: this.request.json === true, hints });
    });
  }
}

/** The queue that `@Subscribe(topic, { queue })` has; it may be written in full, as skerry dlq shows it. */
function queueName(queue: string, topic: string): string {
  const end = `.${topic.replaceAll('*', '-any-').replaceAll('#', '-all-')}`;
  return queue.endsWith(end) ? queue : `${queue}${end}`;
}
