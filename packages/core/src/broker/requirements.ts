import type { BrokerCapabilities } from './driver.js';
import { isPattern } from './topic.js';
import type { SubscriptionPlan } from './subscription-plan.js';

/** Something that a subscription asks for and an engine cannot give, even with what the framework adds to it. */
export interface Missing {
  readonly capability: keyof BrokerCapabilities;
  /** What asked for it: `orderBy: 'key'`. */
  readonly asked: string;
  /** How to do without. */
  readonly instead: string;
}

/** What of a plan is beyond an engine. Retries that need no waiting of the engine are made by the framework. */
export function missingFor(plan: Omit<SubscriptionPlan, 'queue'>, can: BrokerCapabilities): Missing[] {
  const missing: Missing[] = [];
  const need = (capability: Missing['capability'], holds: boolean, asked: string, instead: string): void => {
    if (!holds) missing.push({ capability, asked, instead });
  };
  if (plan.broadcast) need('broadcast', can.broadcast, 'no queue', 'name a queue');
  else need('queues', can.queues, 'a queue', 'leave the queue out');
  if (isPattern(plan.topic)) need('patterns', can.patterns, `the pattern ${plan.topic}`, 'subscribe to each topic');
  if (plan.ordered)
    need('ordered', can.ordered, "orderBy: 'key'", 'leave it out, or set concurrency: 1 on one instance');
  if (plan.deadLetter) need('deadLetter', can.deadLetter, 'deadLetter', 'set deadLetter: false');
  if (plan.from === 'earliest') need('replay', can.replay, "from: 'earliest'", "leave it out: from: 'now'");
  if (plan.attempts > 1) {
    const mostMs = plan.backoff?.mostMs ?? 60_000;
    need('attempts', can.attempts, `attempts: ${plan.attempts}`, 'set attempts: 1');
    need(
      'maxDelayMs',
      can.maxDelayMs >= mostMs || plan.ordered,
      `a backoff of up to ${mostMs} ms`,
      'set backoff.mostMs',
    );
  }
  return missing;
}
