import { enginesThat } from '../broker/engines.js';
import type { Broker } from '../broker/broker.js';
import type { BrokerCapabilities } from '../broker/driver.js';
import { missingFor, type Missing } from '../broker/requirements.js';
import type { Clock } from '../clock/clock.js';
import type { Codecs } from '../codec/codecs.js';
import { place } from '../module/explain.js';
import type { ProviderNode } from '../module/graph.js';
import { GraphError, type Problem } from '../module/problem.js';
import type { CallObserver } from '../server/call-observer.js';
import { composeSubscriber } from '../server/subscriber.js';
import type { ServedProvider } from '../service/check.js';
import { plain, type SubscriptionDefinition } from '../service/subscription-definition.js';
import { nodeId, pipelineOf } from './endpoints.js';
import type { Instances } from './instances.js';

/** What subscriptions are composed of besides their definitions. */
export interface SubscriptionsGround {
  readonly broker: Broker;
  readonly instances: Instances;
  /** This start of the application: broadcasts have a queue for each. */
  readonly instance: string;
  readonly clock: Clock;
  readonly codecs: Codecs;
  readonly observer?: CallObserver | undefined;
}

/** Throws a {@link GraphError} for every subscription that asks for more than the broker's engine can do. */
export function checkSubscriptions(application: string, served: readonly ServedProvider[], broker: Broker): void {
  const problems = served.flatMap(({ provider, service }) =>
    service.subscriptions.flatMap((each) =>
      missingFor(each.plan, broker.capabilities).map((missing) => unable(provider, each, missing, broker.engine)),
    ),
  );
  if (problems.length > 0) throw new GraphError(application, problems);
}

/** Makes the subscriptions of all services, and begins none. */
export function composeSubscriptions(served: readonly ServedProvider[], ground: SubscriptionsGround): void {
  const { broker, instances, instance, clock, codecs, observer } = ground;
  for (const { provider, service, stages } of served) {
    for (const subscription of service.subscriptions) {
      const handler = composeSubscriber(service, subscription, {
        ...{ clock, codecs, observer },
        instance: instances.owner(provider),
        pipeline: pipelineOf(stages.get(subscription)!, instances),
      });
      const { plan, name } = subscription;
      const own = `${service.name}.${name}.${plain(plan.topic)}.${instance}`;
      const self = { service: service.name, node: nodeId(service.name, instance) };
      broker.subscription({ ...plan, queue: plan.queue ?? own }, handler, self);
    }
  }
}

function unable(
  provider: ProviderNode,
  { name, plan }: SubscriptionDefinition,
  { capability, asked, instead }: Missing,
  engine: string,
): Problem {
  const others = enginesThat((can) => gives(can, capability), engine);
  return {
    code: 'SKERRY_SUBSCRIPTION_INVALID',
    message: `Cannot subscribe ${provider.name}.${name} to ${plan.topic}: it asks for ${asked}, and the ${engine} broker has no ${capability}.`,
    ...place(provider),
    path: [...provider.module.path, provider.name],
    found: others.length > 0 ? [`${others.join(', ')} can`] : [],
    fix: `${instead}; or bind the broker to an engine that can: \`skerry broker capabilities\` shows them`,
  };
}

function gives(can: BrokerCapabilities, capability: keyof BrokerCapabilities): boolean {
  return can[capability] !== false && can[capability] !== 0;
}
