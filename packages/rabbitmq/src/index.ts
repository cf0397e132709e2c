export { RabbitMqBrokerDriver } from './broker/rabbitmq-broker.js';
export { RabbitMqModule, RABBITMQ_OPTIONS } from './rabbitmq-module.js';
export type { RabbitMqOptions, RabbitMqTlsOptions } from './rabbitmq-options.js';
