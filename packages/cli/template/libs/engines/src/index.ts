import { ConsulModule } from '@skerry/consul';
import { InboxModule, type DynamicModule } from '@skerry/core';
import { RabbitMqModule } from '@skerry/rabbitmq';

/**
 * What a service runs on; every root module imports it. With neither variable set no server is needed: services of this machine find
 * each other through files, and what one publishes waits in its own memory until the others have handled it.
 */
export function engines({ CONSUL_HTTP_ADDR, RABBITMQ_URL } = process.env): DynamicModule[] {
  return [
    ...(CONSUL_HTTP_ADDR ? [ConsulModule.forRoot()] : []),
    RABBITMQ_URL ? RabbitMqModule.forRoot() : InboxModule.forRoot(),
  ];
}
