import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Ctx, EventPattern, Payload, Transport, type RmqContext } from '@nestjs/microservices';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { lastValueFrom } from 'rxjs';
import { prefetch, topic, type BrokerContender, type Ground, type Handled } from '../contender.js';
import { queueOf, queueOptions } from '../rabbitmq.js';

/**
 * The microservice transport, as safe as its options make it: persistent, on a queue like the others' and straight to it, which
 * costs less than an exchange; `emit` waits for the server's confirmation, the handler acknowledges by hand. What it does not do:
 * it gives messages no id, is not told when no queue takes one, validates nothing, knows no deadline, no retry, no dead letter;
 * and what a handler throws leaves its message unacknowledged for as long as the connection lasts.
 */
export const contender: BrokerContender = {
  async consume(ground, handled) {
    const options = { ...usual(ground), prefetchCount: prefetch, noAck: false };
    const application = await NestFactory.createMicroservice(subscriber(handled), {
      transport: Transport.RMQ as const,
      options,
      logger: false as const,
    });
    await application.listen();
  },
  async connect(ground) {
    const client = ClientProxyFactory.create({ transport: Transport.RMQ, options: usual(ground) });
    await client.connect();
    return (message) => lastValueFrom(client.emit<undefined>(topic, message), { defaultValue: undefined });
  },
};

function usual(ground: Ground) {
  return { urls: [ground.url], queue: queueOf(ground), queueOptions, persistent: true };
}

function subscriber(handled: Handled): new () => object {
  @Controller()
  class Subscriber {
    @EventPattern(topic)
    async placed(@Payload() order: unknown, @Ctx() context: unknown): Promise<void> {
      handled(order);
      const delivery = context as RmqContext;
      (delivery.getChannelRef() as ConfirmChannel).ack(delivery.getMessage() as ConsumeMessage);
    }
  }

  @Module({ controllers: [Subscriber] })
  class SubscriberModule {}
  return SubscriberModule;
}
