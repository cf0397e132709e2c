import type { BrokerDriver, BrokerMessage, DeliverySink, DriverDelivery, SubscriptionRequest } from '@skerry/core';
import type { BrokerLog, DeliveryFacts } from './broker-log.js';

/** The same driver, with everything that passes through it written down. */
export function spiedBrokerDriver(driver: BrokerDriver, log: BrokerLog): BrokerDriver {
  const spied: Pick<BrokerDriver, 'publish' | 'subscribe'> = {
    publish: async (messages: readonly BrokerMessage[], signal) => {
      const taken = await driver.publish(messages, signal);
      for (const message of messages) log.add('published', message);
      return taken;
    },
    subscribe: (request, sink, signal) => driver.subscribe(request, spiedSink(request, sink, log), signal),
  };
  // Whatever else it has is its own: hooks, dead letters, what its engine adds.
  return new Proxy(driver, {
    get: (target, key) => {
      if (key === 'publish' || key === 'subscribe') return spied[key];
      const member = Reflect.get(target, key, target) as unknown;
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

function spiedSink({ queue }: SubscriptionRequest, sink: DeliverySink, log: BrokerLog): DeliverySink {
  return {
    delivered: (delivery) => {
      log.add('received', delivery.message, { queue, attempt: delivery.attempt });
      sink.delivered(spiedDelivery(delivery, queue, log));
    },
    lost: (error) => sink.lost(error),
  };
}

function spiedDelivery(delivery: DriverDelivery, queue: string, log: BrokerLog): DriverDelivery {
  const { message, attempt } = delivery;
  const facts: DeliveryFacts = { queue, attempt };
  return {
    ...{ message, attempt },
    ack: async (signal) => {
      await delivery.ack(signal);
      log.add('handled', message, facts);
    },
    retry: async (delayMs, failure, signal) => {
      await delivery.retry(delayMs, failure, signal);
      log.add('retried', message, { ...facts, failure });
    },
    deadLetter: async (failure, signal) => {
      await delivery.deadLetter(failure, signal);
      log.add('deadLettered', message, { ...facts, failure });
    },
  };
}
